"""The values of a request on the wire, whatever operation it is of."""

import re

from message_fields import text_of

# Of values in JSON; all other types are integers.
JSON_TYPES = {"string": (str,), "boolean": (bool,), "float": (int, float), "object": (dict,)}

# Of values in a query; all other types are integers.
QUERY_TEXTS = {"string": r".+", "boolean": r"true|false", "float": r"\d+(\.\d+)?"}
INTEGER = r"\d+"


def values(asked):
    """Paths, such as order_list[].order_sn, with the values there."""
    return values_of({**asked.query, **asked.body}, "")


def values_of(value, path):
    found = [(path, value)] if path and not path.endswith("[]") else []
    if isinstance(value, dict):
        for name, member in value.items():
            found += values_of(member, f"{path}.{name}" if path else name)
    if isinstance(value, list):
        for item in value:
            found += values_of(item, f"{path}[]")
    return found


def texts_of(value):
    """One text, those of a list, or those that commas join; none of an object."""
    if isinstance(value, list):
        return [text for item in value for text in texts_of(item)]
    return [] if isinstance(value, dict) else text_of(value).split(",")


def named(asked):
    """What a request names: texts by the name of the field, and by that of an element of its list."""
    found = {}
    for path, value in values(asked):
        name = path.rpartition(".")[2]
        for key in {name, name.removesuffix("_list")}:
            found.setdefault(key, []).extend(texts_of(value))
    return {name: texts for name, texts in found.items() if texts}


def is_of_type(documented, value, in_query):
    """Whether a value has the documented type; a query has texts, and joins lists by commas."""
    kind = documented.removesuffix("[]")
    is_list = kind != documented
    if in_query:
        texts = value.split(",") if is_list else [value]
        return all(re.fullmatch(QUERY_TEXTS.get(kind, INTEGER), text) for text in texts)
    if is_list:
        return isinstance(value, list) and value and all(is_of_type(kind, item, in_query) for item in value)
    return type(value) in JSON_TYPES.get(kind, (int,))
