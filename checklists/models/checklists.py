"""对照检查表: published lists that never change, and how each question is worded so that 符合 is never ambiguous."""

from typing import NamedTuple

from django.db import models
from django.utils.safestring import SafeString


class Result(models.TextChoices):
    """对照结果. Whatever falls short of 符合 needs a note."""

    COMPLIANT = "compliant", "符合"
    PARTIAL = "partial", "部分符合"
    NONCOMPLIANT = "noncompliant", "不符合"
    NOT_APPLICABLE = "not_applicable", "不涉及"

    @property
    def falls_short(self):
        return self in FALLS_SHORT

    @property
    def tone(self):
        return TONES[self]


FALLS_SHORT = (Result.PARTIAL, Result.NONCOMPLIANT)
# How a badge looks (components/badge.html).
TONES = {
    Result.COMPLIANT: "done",
    Result.PARTIAL: "soon",
    Result.NONCOMPLIANT: "late",
    Result.NOT_APPLICABLE: "closed",
}


class Option(NamedTuple):
    """One button: the result's value, what the button says, and in brackets the result where the two differ."""

    result: str
    word: str
    gloss: str

    @property
    def label(self):
        """未发现（符合）, or plainly 符合."""
        return f"{self.word}（{self.gloss}）" if self.gloss else self.word


class Polarity(models.TextChoices):
    """How a question is put: a yes is good, a yes is bad, or its parts differ."""

    POSITIVE = "positive", "正向"
    NEGATIVE = "negative", "反向"
    MIXED = "mixed", "正反兼有"

    @property
    def options(self):
        """The four buttons of a question put this way, in the order of `Result`."""
        return OPTIONS[self]

    def option(self, result):
        return next(option for option in self.options if option.result == result)


WORDS = {
    Polarity.POSITIVE: ("符合", "部分符合", "不符合", "不涉及"),
    # "是否存在…": a bare 符合 could be read as "yes, it exists", so the words answer the question itself.
    Polarity.NEGATIVE: ("未发现", "个别存在", "存在", "不涉及"),
    Polarity.MIXED: ("已落实且未发现", "部分落实", "未落实或存在", "不涉及"),
}


OPTIONS = {
    # Constants, so safe: 56 items show each of them 56 times, and escaping is most of a page's time.
    polarity: [
        Option(SafeString(result.value), SafeString(word), SafeString("" if word == result.label else result.label))
        for result, word in zip(Result, words, strict=True)
    ]
    for polarity, words in WORDS.items()
}


class ChecklistQuerySet(models.QuerySet):
    def get_by_natural_key(self, code, version):
        return self.get(code=code, version=version)

    def published(self):
        return self.filter(published_on__isnull=False)

    def latest_of(self, code):
        """The version to be answered now, or None."""
        return self.published().filter(code=code).order_by("-version").first()


class Checklist(models.Model):
    """对照检查表. A published version never changes; a change is a new version."""

    class Audience(models.TextChoices):
        UNIT = "unit", "部门"
        ENTERPRISE = "enterprise", "企业"
        GOVERNMENT = "government", "党委政府"

    code = models.SlugField("代码", max_length=40)
    version = models.PositiveSmallIntegerField("版本", default=1)
    name = models.CharField("名称", max_length=120)
    audience = models.CharField("填报主体", max_length=12, choices=Audience)
    source = models.CharField("出处", max_length=200, blank=True)
    published_on = models.DateField("发布日期", null=True, blank=True)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对照检查表"
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="checklist_version_once")]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.code, self.version)


class ItemQuerySet(models.QuerySet):
    def get_by_natural_key(self, code, version, number):
        return self.get(checklist__code=code, checklist__version=version, number=number)


class Item(models.Model):
    """条目. The category's text, not its number, tells categories apart: the 56-item list has two headings 八."""

    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="items", verbose_name="对照检查表")
    number = models.PositiveSmallIntegerField("序号")
    category_no = models.CharField("类别序号", max_length=8, blank=True)
    category = models.CharField("对照检查内容", max_length=120)
    text = models.TextField("对照检查标准和要求")
    polarity = models.CharField("问法", max_length=10, choices=Polarity, default=Polarity.POSITIVE)
    applies_to = models.CharField("适用对象", max_length=120, blank=True)
    meaning = models.CharField(
        "“符合”的含义", max_length=200, blank=True, help_text="正反兼有的条目须说明选“符合”表示什么"
    )

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "条目"
        ordering = ["checklist", "number"]
        constraints = [models.UniqueConstraint(fields=["checklist", "number"], name="item_number_once")]

    def __str__(self):
        return f"{self.number}. {self.text[:30]}"

    def natural_key(self):
        return (*self.checklist.natural_key(), self.number)

    natural_key.dependencies = ["checklists.checklist"]

    @property
    def heading(self):
        """The category as the notices print it: 一、…, and 1.… where they number in figures."""
        mark = "." if self.category_no.isdigit() else "、"
        return f"{self.category_no}{mark}{self.category}" if self.category_no else self.category

    @property
    def options(self):
        return Polarity(self.polarity).options

    @property
    def compliant_means(self):
        """What 符合 says here, where question and button do not tell; needs the clauses of a mixed item."""
        if self.meaning or self.polarity != Polarity.MIXED:
            return self.meaning
        return f"应做到的均已落实，且未发现{self._unwanted()}。"

    def _unwanted(self):
        numbers = [str(clause.number) for clause in self.clauses.all() if clause.polarity == Polarity.NEGATIVE]
        return f"第{'、'.join(numbers)}分项所问的情形" if numbers else "其中不应有的情形"


class ClauseQuerySet(models.QuerySet):
    def get_by_natural_key(self, code, version, item, number):
        return self.get(item__checklist__code=code, item__checklist__version=version, item__number=item, number=number)


class Clause(models.Model):
    """分项: one assertion of a compound item, answered on its own where the list is kept by clause."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="clauses", verbose_name="条目")
    number = models.PositiveSmallIntegerField("序号")
    text = models.TextField("内容")
    polarity = models.CharField("问法", max_length=10, choices=Polarity, default=Polarity.POSITIVE)
    applies_to = models.CharField("适用对象", max_length=120, blank=True)

    objects = ClauseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "分项"
        ordering = ["item", "number"]
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="clause_number_once")]

    def __str__(self):
        return self.text[:30]

    def natural_key(self):
        return (*self.item.natural_key(), self.number)

    natural_key.dependencies = ["checklists.item"]

    @property
    def options(self):
        return Polarity(self.polarity).options
