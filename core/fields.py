"""Exact numbers, equal on both databases."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.folding import SORT_KEY_LENGTH, sort_key

SCALE = 10_000
PLACES = Decimal("0.0001")
WHOLE_DIGITS = 14  # what 8 bytes hold in ten-thousandths
TOO_LARGE = gettext_lazy("Số quá lớn: phần nguyên có nhiều nhất %(digits)d chữ số.")

if TYPE_CHECKING:
    _Base = models.BigIntegerField[Any, Any]
    _Text = models.CharField[Any, Any]
else:
    _Base = models.BigIntegerField
    _Text = models.CharField


class FixedField(_Base):
    """A decimal of at most four places kept as whole ten-thousandths, so that sums in SQL are exact.

    Python sees ``Decimal`` (normalised, without trailing zeros); a fifth place raises ``ValidationError``
    instead of being rounded silently, and so does a number of more than 14 whole digits.
    """

    description = "exact number with four places"
    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(self, value: int | None, *_args: object) -> Decimal | None:
        """Whole ten-thousandths to Decimal."""
        return None if value is None else from_scaled(value)

    def to_python(self, value: Any) -> Decimal | None:
        """Anything that names an exact number to Decimal; floats are refused."""
        if value is None or value == "":
            return None
        if isinstance(value, float):
            raise ValidationError(_("Số này phải là số chính xác, không phải số thực dấu phẩy động."))
        try:
            number = Decimal(value)
            exact = number == number.quantize(PLACES, rounding=ROUND_HALF_UP)
        except (InvalidOperation, TypeError, ValueError) as error:
            raise ValidationError(_("“%(value)s” không phải là số.") % {"value": value}) from error
        if not exact:
            raise ValidationError(_("Số này có quá bốn chữ số thập phân."))
        if too_large(number):
            raise ValidationError(TOO_LARGE, params={"digits": WHOLE_DIGITS})
        return number

    def get_prep_value(self, value: Any) -> int | None:
        """Decimal to whole ten-thousandths."""
        number = self.to_python(value)
        return None if number is None else int(number * SCALE)

    def value_to_string(self, obj: models.Model) -> str:
        """Decimal text, for serialisers."""
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, *_args: object, **kwargs: Any) -> Any:
        """A text field that reads Vietnamese numbers, see ``core.formfields.NumberField``."""
        from core.formfields import NumberField  # noqa: PLC0415 - forms import models elsewhere

        return super(models.BigIntegerField, self).formfield(
            **{"form_class": NumberField, "min_value": None, "max_value": None, **kwargs}
        )


def too_large(number: Decimal) -> bool:
    """Whether a ``FixedField`` cannot hold the number."""
    return abs(number) >= Decimal(10) ** WHOLE_DIGITS


def from_scaled(value: int) -> Decimal:
    """Whole ten-thousandths to a Decimal without trailing zeros (``45000000`` → ``4500``)."""
    number = (Decimal(value) / SCALE).normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


class SortKeyField(_Text):
    """The Vietnamese place of another column in lists (``core.folding.sort_key``), made whenever the row is saved.

    ``save`` and ``bulk_create`` write it with the row (name it in ``update_fields`` beside the column); ``bulk_update``
    and ``queryset.update`` do not: whoever changes the column so sets ``sort_key`` himself.
    """

    description = "key of the Vietnamese alphabet"

    def __init__(self, *, source: str = "", **kwargs: Any) -> None:
        """Remember the column that is sorted by."""
        self.source = source
        kwargs.update(max_length=SORT_KEY_LENGTH, editable=False, blank=True, default="")
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        """The column's name alone; the rest is always the same."""
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "editable", "blank", "default"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The key as it must be written."""
        key = sort_key(str(getattr(model_instance, self.source)))
        setattr(model_instance, self.attname, key)
        return key
