"""Small newspapers in other alphabets: every headline is invented, put together from the parts below."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np

# By language: who, does what, and where or when.
PARTS = {
    "german": (
        [
            "Bürgermeisterin", "Der Stadtrat", "Müllabfuhr", "Die Hafenbehörde", "Schülerchor", "Fährgesellschaft",
            "Das Straßenbahnmuseum", "Bäckerinnung",
        ],
        [
            "eröffnet neue Brücke", "verschiebt das große Fest", "fordert mehr Grün", "wählt eine Präsidentin",
            "sucht 40 Freiwillige", "lobt die „stille Mehrheit“", "kürzt die Öffnungszeiten", "warnt vor Glätte",
        ],
        ["am Hafen", "im März", "trotz Regens", "nach langem Streit", "für alle über 65", "– schon wieder"],
    ),
    "russian": (
        [
            "Мэр города", "Городской совет", "Портовая служба", "Школьный хор", "Новая пекарня", "Музей трамваев",
            "Хозяйка ёлки", "Паромная компания",
        ],
        [
            "открывает мост", "переносит большой праздник", "просит больше зелени", "ищет 40 добровольцев",
            "хвалит «тихое большинство»", "сокращает часы работы", "предупреждает о гололёде", "выбирает директора",
        ],
        ["у порта", "в марте", "несмотря на дождь", "после долгого спора", "для всех старше 65", "— снова"],
    ),
    "chinese": (
        ["市长", "市议会", "港务局", "学校合唱团", "新面包店", "电车博物馆", "轮渡公司", "老园丁"],
        [
            "宣布新桥开放", "推迟春季大节日", "要求增加绿地", "招募40名志愿者", "称赞“沉默的多数”", "缩短开放时间",
            "提醒路面结冰", "选出新主席",
        ],
        ["在港口", "，三月开始", "，雨中进行", "，争论已久", "，65岁以上免费", "——又一次"],
    ),
    "arabic": (
        [
            "رئيسة البلدية", "مجلس المدينة", "هيئة الميناء", "جوقة المدرسة", "المخبز الجديد", "متحف الترام",
            "شركة العبّارات", "بستانيّ عجوز",
        ],
        [
            "تفتتح الجسر الجديد", "تؤجّل المهرجان الكبير", "تطلب مزيدًا من الأشجار", "تبحث عن ٤٠ متطوعًا",
            "تشيد بـ«الأغلبية الصامتة»", "تقصّر ساعات العمل", "تحذّر من الجليد", "تنتخب مديرة جديدة",
        ],
        ["قرب الميناء", "في شهر مارس", "رغم المطر", "بعد جدل طويل", "لمن فوق ٦٥ عامًا", "؟ نعم، مرة أخرى"],
    ),
}  # fmt: skip


def headlines(language: str, count: int = 120) -> list[str]:
    """So many different headlines in a language, the same in every call."""
    space = "" if language == "chinese" else " "
    every = [space.join(parts) for parts in product(*PARTS[language])]
    return [every[index] for index in np.random.default_rng(0).permutation(len(every))[:count]]


def write_newspaper(language: str, folder: Path, count: int = 120) -> Path:
    """A data folder with an articles file in a language; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(f'{number},"{text}"\n' for number, text in enumerate(headlines(language, count)))
    (folder / "articles.csv").write_text(f"id,headline\n{rows}", encoding="utf-8")
    return folder
