"""Fills every field of any message, and reads every field of it, by its descriptor alone."""

import dataclasses
import datetime
import itertools

from google.protobuf.descriptor import FieldDescriptor

TIMESTAMP = "google.protobuf.Timestamp"
LIST_ELEMENTS = 2
FIRST_DAY = datetime.date(2026, 1, 1)
FIRST_SECOND = 1_600_000_000


@dataclasses.dataclass(frozen=True)
class Leaf:
    """A value of a message; a time is its Unix seconds, an enum the name of its value."""

    holder: str  # name of the message that has the field
    name: str
    text: str
    is_enum: bool = False


def text_of(value):
    """One text for 1, 1.0 and "1"."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def leaves(message):
    found = []
    for field, value in message.ListFields():
        if field.message_type and field.message_type.GetOptions().map_entry:
            found += [Leaf(field.containing_type.name, field.name, text) for text in value.values()]
            continue
        for item in value if field.label == FieldDescriptor.LABEL_REPEATED else [value]:
            found += leaves_of_value(field, item)
    return found


def leaves_of_value(field, value):
    holder = field.containing_type.name
    if field.enum_type:
        known = field.enum_type.values_by_number.get(value)
        return [Leaf(holder, field.name, known.name if known else str(value), is_enum=True)]
    if not field.message_type:
        return [Leaf(holder, field.name, text_of(value))]
    is_time = field.message_type.full_name == TIMESTAMP
    return [Leaf(holder, field.name, str(value.seconds))] if is_time else leaves(value)


def alternatives(descriptor):
    """How many requests show each member of each oneof once."""
    sizes = [len(oneof.fields) for oneof in descriptor.oneofs]
    sizes += [alternatives(field.message_type) for field in descriptor.fields if field.message_type]
    return max(sizes, default=1)


class Filler:
    """Fills messages: texts are distinct, numbers small enough for every limit, dates and times grow."""

    def __init__(self, subjects, alternative):
        """`subjects` are values of fields by name; `alternative` chooses the member of each oneof."""
        self._subjects = subjects
        self._alternative = alternative
        self._count = itertools.count(1)

    def fill(self, message):
        for field in message.DESCRIPTOR.fields:
            members = field.containing_oneof.fields if field.containing_oneof else [field]
            if members[self._alternative % len(members)] is field:
                self._fill_field(message, field)
        return message

    def _fill_field(self, message, field):
        count = LIST_ELEMENTS if field.label == FieldDescriptor.LABEL_REPEATED else 1
        for index in range(count):
            if field.message_type:
                self._fill_part(self._part(message, field))
            elif count > 1:
                getattr(message, field.name).append(self._value(field, index))
            else:
                setattr(message, field.name, self._subjects.get(field.name) or self._value(field, index))

    def _part(self, message, field):
        part = getattr(message, field.name)
        if field.label == FieldDescriptor.LABEL_REPEATED:
            return part.add()
        part.SetInParent()
        return part

    def _fill_part(self, part):
        if part.DESCRIPTOR.full_name == TIMESTAMP:
            part.seconds = FIRST_SECOND + next(self._count)
        else:
            self.fill(part)

    def _value(self, field, index):
        number = next(self._count)
        if field.enum_type:
            known = [value.number for value in field.enum_type.values if value.number]
            return known[index % len(known)]
        if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
            return self._text(field.name, number)
        if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
            return True
        if field.cpp_type in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT):
            return number % 9 + 0.5
        return number % 9 + 1

    def _text(self, name, number):
        if name.endswith("_date"):
            return str(FIRST_DAY + datetime.timedelta(days=number))
        return f"https://example.com/{number}" if name.endswith("_url") else str(1000 + number)
