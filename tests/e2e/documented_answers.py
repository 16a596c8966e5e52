"""Answers with every documented member, in a form of answer_forms.py."""

import dataclasses
import itertools

from documented import tree

FIRST_NUMBER = 7_000_000

# Members that only samples have, and those of the reference that they stand for; an answer has one of the two.
OF_SAMPLES = {
    "message": {"mesage"},  # of search_package_list
    "metrics_id": {"metric_id"},
    "response": {"success_list", "fail_list"},  # of mass_ship_order
    "sip_affi_shops": {"sip_affi_shop_list"},
}

# What an answer repeats under another name than the request's.
NAMES_IN_REQUEST = {"id": "unpackaged_sku_id", "success_id_list": "unpackaged_sku_id", "metrics_id": "metric_id"}

# Members that only samples have, with a type that text does not fit.
UNDOCUMENTED_BOOLEANS = {"is_cnsc"}

FILE = b"%PDF-1.4\n\xe2\xe3"


@dataclasses.dataclass(frozen=True)
class Told:
    """A value of an answer: the documented field, and the text that a caller must find."""

    field: object
    text: str


class Answer:
    """One answer to one request: `body`, what is told in it, and the numbers of its extra members.

    A member that the request names too repeats its text: in a list of failures that of the second element, elsewhere
    that of the first. All other values are unique.
    """

    def __init__(self, operation, asked, form):
        self.told = []
        self.extra = []
        self._asked = asked
        self._form = form
        self._numbers = itertools.count(FIRST_NUMBER)
        root = tree(operation.answered)
        if any(field.type == "file" for field in operation.answered):
            self.body = FILE
            self.told = [Told(f, FILE.decode("latin-1")) for f in operation.answered if f.type == "file"]
        else:
            self.body = self._members(root)
            self.body["error"] = ""

    def _members(self, node):
        left_out = set()
        for sampled, documented in OF_SAMPLES.items():
            if {sampled, *documented} <= node.members.keys():
                left_out |= documented if self._form.as_samples else {sampled}
        return {name: self._member(member) for name, member in node.members.items() if name not in left_out}

    def _member(self, node):
        rows = [self._object(node)] if node.members else [self._value(node.field)]
        return self._form.list(rows) if node.is_list else rows[0]

    def _object(self, node):
        members = self._members(node)
        number = next(self._numbers)
        self.extra.append(str(number))
        return self._form.object(members, number)

    def _value(self, field):
        kind = "boolean" if field.name in UNDOCUMENTED_BOOLEANS else field.type.removesuffix("[]")
        value = self._value_of(field, kind)
        if field.path != "error":
            self.told.append(Told(field, str(value).lower() if kind == "boolean" else str(value)))
        return self._form.value(value)

    def _value_of(self, field, kind):
        if kind == "boolean":
            return True
        number = next(self._numbers)
        asked = self._asked.get(NAMES_IN_REQUEST.get(field.name, field.name))
        if asked:
            text = asked[1 if "fail_list" in field.path and len(asked) > 1 else 0]
            return text if kind == "string" else int(text) if text.isdigit() else number
        if kind in ("string", "undocumented"):
            return str(number)
        return number + 0.5 if kind == "float" else number
