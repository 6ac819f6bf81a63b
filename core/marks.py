"""Sentences of pure modules for people: marked here for the catalogue, translated where they are caught.

A pure module knows no language. It raises an error that carries a Vietnamese template and the values of its places;
``core.formfields.said`` turns both into a sentence of the language of the page. No Django.
"""


def _(text: str) -> str:
    """The text as it is; the name is what the extraction of texts looks for."""
    return text


class Unreadable(ValueError):
    """What a person typed cannot be accepted.

    ``template`` is the Vietnamese text with named places (a plain per cent sign is ``%%``), ``values`` fills them, and
    ``sentence`` is the Vietnamese sentence.
    """

    def __init__(self, template: str, **values: str | int) -> None:
        """Keep the parts beside the sentence."""
        self.template, self.values = template, values
        self.sentence = template % values
        super().__init__(self.sentence)
