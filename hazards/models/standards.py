"""判定标准, with dates of validity: a hazard keeps the version in force on the day it was found."""

import re

from django.db import models
from django.db.models import Q

from lib.text import full_date, joined
from organizations.models import Sector

# 第十二条第（二）项 of the trades' standard, 一、（三） of the mines'.
CLAUSE = re.compile(r"[第（]?[一二三四五六七八九十百]+[条章、）].*")


class StandardQuerySet(models.QuerySet):
    def get_by_natural_key(self, name, valid_from):
        return self.get(name=name, valid_from=valid_from)

    def in_force(self, day):
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))

    def for_sector(self, sector):
        return self.filter(Q(sectors__isnull=True) | Q(sectors=sector)).distinct()


class Standard(models.Model):
    """One version of a standard for judging major hazards."""

    name = models.CharField("名称", max_length=120)
    number = models.CharField("文号", max_length=80, blank=True)
    valid_from = models.DateField("施行")
    valid_to = models.DateField("失效", null=True, blank=True)
    sectors = models.ManyToManyField(Sector, blank=True, related_name="+", verbose_name="行业")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = StandardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "判定标准"
        ordering = ["name", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["name", "valid_from"], name="standard_version_once")]

    def __str__(self):
        return f"《{self.name}》"

    def is_in_force(self, day):
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def refusal(self, *, clause, sector, day):
        """Why a hazard of this sector found on this day cannot be judged by the clause, for the page; "" if it can."""
        return self.misfit(sector=sector, day=day) or self.clause_problem(clause)

    def misfit(self, *, sector, day):
        """Why the standard does not apply; one without sectors serves every one."""
        if not self.is_in_force(day):
            return f"{self}{self._validity()}，发现时间{full_date(day)}不在其有效期内，请改选标准"
        names = [one.name for one in self.sectors.all()]
        if names and sector.name not in names:
            return f"{self}适用于{joined(names)}，不适用于{sector}行业，请改选标准"
        return ""

    def clause_problem(self, clause):
        """Why there is no such clause; a standard without stored clauses takes any of the usual form."""
        known = [one.number for one in self.clauses.all()]
        if clause in known if known else CLAUSE.fullmatch(clause):
            return ""
        return f"{self}没有条款“{clause}”，应如“{known[0] if known else '第十二条第（二）项'}”"

    def _validity(self):
        until = f"至{full_date(self.valid_to)}" if self.valid_to else ""
        return f"自{full_date(self.valid_from)}{until}施行"

    def natural_key(self):
        return (self.name, str(self.valid_from))

    natural_key.dependencies = ["organizations.sector"]


class StandardClauseQuerySet(models.QuerySet):
    def get_by_natural_key(self, name, valid_from, number):
        return self.get(standard__name=name, standard__valid_from=valid_from, number=number)


class StandardClause(models.Model):
    """第十二条第（二）项: what the ledger's 判定依据 cites."""

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="clauses")
    number = models.CharField("条款", max_length=40)
    text = models.TextField("内容", blank=True)
    position = models.PositiveIntegerField(default=0)

    objects = StandardClauseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "判定条款"
        ordering = ["standard", "position"]
        constraints = [models.UniqueConstraint(fields=["standard", "number"], name="clause_once")]

    def __str__(self):
        return f"{self.standard}{self.number}"

    def natural_key(self):
        return (*self.standard.natural_key(), self.number)

    natural_key.dependencies = ["hazards.standard"]
