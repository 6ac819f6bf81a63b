"""Rows every app builds on: time stamps, files, audit, submit keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def new_key() -> str:
    """A key that names a row in year files: 16 hex digits, made once and never changed."""
    return secrets.token_hex(8)


class TimeStamped(models.Model):
    """Base of all rows that people edit."""

    created_at = models.DateTimeField(_("tạo lúc"), auto_now_add=True)
    updated_at = models.DateTimeField(_("sửa lúc"), auto_now=True)

    class Meta:
        """No table of its own."""

        abstract = True


def one_of(field: str, choices: Iterable[tuple[Any, Any]], name: str) -> models.CheckConstraint:
    """The database refuses a value outside the choices of ``field``."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": [value for value, _label in choices]}),
        name=name,
        violation_error_message=_("Giá trị không nằm trong danh sách cho phép."),
    )


def before(first: str, second: str, name: str, *, equal: bool = False) -> models.CheckConstraint:
    """The database refuses ``second`` on or before ``first`` (``equal`` allows the same day); empty ends pass."""
    lookup = "gte" if equal else "gt"
    return models.CheckConstraint(
        condition=Q(**{f"{first}__isnull": True})
        | Q(**{f"{second}__isnull": True})
        | Q(**{f"{second}__{lookup}": F(first)}),
        name=name,
        violation_error_message=_("Ngày kết thúc phải sau ngày bắt đầu."),
    )


class Scan(models.TextChoices):
    """What the virus scanner said of some bytes."""

    NONE = "none", _("Chưa quét")
    CLEAN = "clean", _("Sạch")
    WAITING = "waiting", _("Chờ quét")


class StoredFile(models.Model):
    """Bytes on disk under their SHA-256, outside the web root; the row is written after the bytes are safe.

    ``scan`` "waiting" means that a scanner is set but did not answer: nobody gets the bytes until it has. "none" means
    that no scanner was set when they came.
    """

    sha256 = models.CharField(_("mã SHA-256"), max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("dung lượng (byte)"))
    content_type = models.CharField(_("kiểu tệp"), max_length=100)
    scan = models.CharField(_("quét vi-rút"), max_length=8, choices=Scan, default=Scan.NONE)
    created_at = models.DateTimeField(_("tạo lúc"), auto_now_add=True)

    class Meta:
        """Names for people, and one of the known answers of the scanner."""

        verbose_name = _("tệp lưu trữ")
        verbose_name_plural = _("tệp lưu trữ")
        constraints = [one_of("scan", Scan.choices, "storedfile_scan")]

    def __str__(self) -> str:
        """The beginning of the hash."""
        return f"{self.sha256[:12]} ({self.content_type})"


class StagedUpload(models.Model):
    """A file chosen in a form that had an error: kept for its uploader until the form is saved or a day passes."""

    token = models.CharField(max_length=43, unique=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(_("tên tệp"), max_length=200)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Names for people."""

        verbose_name = _("tệp chờ lưu")
        verbose_name_plural = _("tệp chờ lưu")

    def __str__(self) -> str:
        """The shown name."""
        return self.name


class SubmitKey(models.Model):
    """One per form shown; a form sent twice finds the outcome of the first time instead of making a second record."""

    key = models.CharField(max_length=43)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A key belongs to the person it was given to."""

        constraints = [models.UniqueConstraint(fields=["user", "key"], name="submitkey_once")]

    def __str__(self) -> str:
        """The address of the record made."""
        return self.outcome


class AuditHead(models.Model):
    """Where a chain stands; locked last in every transaction that writes audit."""

    chain = models.CharField(max_length=40, unique=True)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        """Names for people."""

        verbose_name = _("đầu chuỗi nhật ký")
        verbose_name_plural = _("đầu chuỗi nhật ký")

    def __str__(self) -> str:
        """Chain and place."""
        return f"{self.chain} #{self.seq}"


class AuditEvent(models.Model):
    """One change, chained by SHA-256 to the one before in its chain; triggers refuse UPDATE and DELETE.

    A person stands here by id only: what is chained cannot be erased.
    """

    chain = models.CharField(_("chuỗi"), max_length=40)
    seq = models.PositiveBigIntegerField(_("thứ tự"))
    at = models.DateTimeField(_("lúc"))
    actor_id = models.BigIntegerField(_("mã tài khoản"), null=True)
    role = models.CharField(_("vai trò khi đó"), max_length=200, blank=True)
    action = models.CharField(_("việc"), max_length=60)
    target_type = models.CharField(_("loại"), max_length=60)
    target_id = models.CharField(_("mã"), max_length=64)
    before = models.TextField(_("trước"), blank=True)
    after = models.TextField(_("sau"), blank=True)
    reason = models.TextField(_("lý do"), blank=True)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(_("mã băm"), max_length=64)

    class Meta:
        """One event at each place of a chain."""

        verbose_name = _("dòng nhật ký")
        verbose_name_plural = _("nhật ký")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_chain_seq")]
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_target")]

    def __str__(self) -> str:
        """Action and target."""
        return f"{self.action} {self.target_type} {self.target_id}"
