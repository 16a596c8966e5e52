"""What the sidecar checks of a field of a request, in words."""

from manual_contract import enum_name

FORMS = {
    "TEXT_FORM_WEB_ADDRESS": "a web address",
    "TEXT_FORM_BASE64URL": "base64url",
    "TEXT_FORM_NAME": "lower-case letters, digits and `_`",
}


def either(names):
    return " or ".join(f"`{name}`" for name in names)


def limits(check, field):
    """What the sidecar checks of a field, in words."""
    found = []
    if check.required:
        found.append("required")
    if check.HasField("required_unless"):
        found.append(f"required unless `{check.required_unless.field}` is `{check.required_unless.value}`")
    if check.required_without:
        found.append(f"required without `{check.required_without}`")
    if check.items_max:
        elements = "elements" if check.items_max > 1 else "element"
        found.append(f"{'1 to' if check.required else 'at most'} {check.items_max} {elements}")
    found += _limits_of_a_number(check, field)
    found += _limits_of_a_text(check)
    if check.members:
        found.append(f"only {either(check.members)}")
    if check.unique_by:
        found.append(f"each `{check.unique_by}` once")
    if check.HasField("among"):
        same = check.among.key == check.among.field
        found.append(f"each `{check.among.key}` {'that of the request' if same else f'named in `{check.among.field}`'}")
    return found


def _limits_of_a_number(check, field):
    if not check.max:
        return []
    least = check.min or (1 if check.required else 0)
    may_be_absent = least and not check.required and not check.items_max and not field.HasField("oneof_index")
    return [f"{'each ' if check.items_max else ''}{least} to {check.max}{' when given' if may_be_absent else ''}"]


def _limits_of_a_text(check):
    found = []
    if check.bytes_max:
        found.append(f"{'each ' if check.items_max else ''}at most {check.bytes_max} bytes")
    if check.date:
        found.append("`YYYY-MM-DD`")
    if check.after:
        found.append(f"after `{check.after}`")
    if check.HasField("empty_when"):
        found.append(f"empty when `{check.empty_when.field}` is `{check.empty_when.value}`")
    if check.form:
        found.append(FORMS[enum_name(check, "form")])
    return found
