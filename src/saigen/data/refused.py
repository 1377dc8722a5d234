"""How a source says no."""


class Refused(Exception):
    """A source cannot give a file. The text is the reason, as the user will read it.

    It never ends a run by itself: the next source is tried, and only when all have refused does
    the user see the reasons together.
    """


class Wrong(Refused):
    """The file was read, and its bytes are not those that are wanted."""
