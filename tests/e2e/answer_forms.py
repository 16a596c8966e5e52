"""The forms in which Shopee may send what it documents: how a value, a list and an object are written."""

EXTRA_MEMBER = "member_of_tomorrow"


class Exact:
    """As documented."""

    as_samples = False

    def value(self, value):
        return value

    def list(self, rows):
        return rows

    def object(self, members, number):
        return members


class OtherTypes(Exact):
    """Numbers as text, text with digits as numbers, truth as text, an element where a list is documented.

    Members that samples name otherwise than the reference are as in samples.
    """

    as_samples = True

    def value(self, value):
        if isinstance(value, bool):
            return "true"
        if isinstance(value, str):
            return int(value) if value.isdigit() else value
        return str(value)

    def list(self, rows):
        return rows[0]


class Padded(Exact):
    """White space around texts and around numbers in texts, truth as a number."""

    def value(self, value):
        return int(value) if isinstance(value, bool) else f" \t{value}\n"


class Extra(Exact):
    """Each object has a member that is not documented, whose value is unique."""

    def object(self, members, number):
        return {**members, EXTRA_MEMBER: number}


class NullValues(Exact):
    """null for each value."""

    def value(self, value):
        return None


class NullObjects(NullValues):
    """null for each object and each list as well."""

    def object(self, members, number):
        return None

    def list(self, rows):
        return None


class EmptyTexts(Exact):
    """An empty text for each value, numbers included."""

    def value(self, value):
        return ""


class EmptyLists(NullValues):
    """Lists without elements."""

    def list(self, rows):
        return []


class EmptyObjects(EmptyTexts):
    """Objects without members."""

    def object(self, members, number):
        return {}


# Forms that say nothing.
NOTHING = NullValues(), NullObjects(), EmptyTexts(), EmptyLists(), EmptyObjects()
