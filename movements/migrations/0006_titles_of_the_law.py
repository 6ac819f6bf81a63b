"""Titles that the law on emulation and commendation names, with the days on which it named them so.

The law of 2003 (amended in 2005 and 2013) held until 31/12/2023, Law 06/2022/QH15 holds from 01/01/2024. A title of the
same name in both stands once, without days. Offices change the list in the admin site; what stands there is kept.
"""

from datetime import date

from django.db import migrations

OLD, NEW = (
    "Luật Thi đua, khen thưởng năm 2003 (sửa đổi 2005, 2013)",
    "Luật Thi đua, khen thưởng số 06/2022/QH15",
)
BOTH = f"{OLD}; {NEW}"
LAST, FIRST = date(2023, 12, 31), date(2024, 1, 1)
COLLECTIVE, PERSON = "collective", "person"

TITLES = (  # whose, name, from, to, basis; in the order of the lists
    (COLLECTIVE, "Cờ thi đua của Chính phủ", None, None, BOTH),
    (COLLECTIVE, "Cờ thi đua cấp bộ, ngành, tỉnh, đoàn thể trung ương", None, LAST, OLD),
    (COLLECTIVE, "Cờ thi đua của Bộ, ban, ngành, tỉnh", FIRST, None, NEW),
    (COLLECTIVE, "Tập thể lao động xuất sắc", None, None, BOTH),
    (COLLECTIVE, "Đơn vị quyết thắng", None, None, BOTH),
    (COLLECTIVE, "Tập thể lao động tiên tiến", None, None, BOTH),
    (COLLECTIVE, "Đơn vị tiên tiến", None, None, BOTH),
    (COLLECTIVE, "Bằng khen của Thủ tướng Chính phủ", None, None, BOTH),
    (COLLECTIVE, "Bằng khen của Chủ tịch UBND tỉnh", None, None, BOTH),
    (PERSON, "Chiến sĩ thi đua toàn quốc", None, None, BOTH),
    (PERSON, "Chiến sĩ thi đua cấp bộ, ngành, tỉnh, đoàn thể trung ương", None, LAST, OLD),
    (PERSON, "Chiến sĩ thi đua Bộ, ban, ngành, tỉnh", FIRST, None, NEW),
    (PERSON, "Chiến sĩ thi đua cơ sở", None, None, BOTH),
    (PERSON, "Lao động tiên tiến", None, None, BOTH),
    (PERSON, "Chiến sĩ tiên tiến", None, None, BOTH),
)


def add(apps, _schema_editor):
    kinds = apps.get_model("movements", "TitleKind").objects
    for order, (holder, name, first, last, basis) in enumerate(TITLES, 1):
        values = {"holder": holder, "order": order, "valid_from": first, "valid_to": last, "basis": basis}
        kinds.get_or_create(name=name, defaults=values)


def remove(apps, _schema_editor):
    names = [name for _holder, name, *_rest in TITLES]
    apps.get_model("movements", "TitleKind").objects.filter(name__in=names).delete()


class Migration(migrations.Migration):
    dependencies = [("movements", "0005_library_rules")]

    operations = [migrations.RunPython(add, remove)]
