"""Whether a record would count in a campaign: asked row by row, before anything is written."""

from collections.abc import Iterable
from datetime import date

from campaigns.models import Campaign
from lib.text import joined
from organizations.models import Area


class Scope:
    """A campaign's areas, sectors, features and dates, read once; empty sectors or features mean all."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        roots = list(campaign.areas.all()) or [campaign.area]
        self.areas = {pk for root in roots for pk in Area.objects.within(root).values_list("pk", flat=True)}
        self.sectors = {sector.pk: sector.name for sector in campaign.sectors.all()}
        self.features = {feature.name for feature in campaign.features.all()}

    def objection(self, day: date | None, area_id: int, sector_id: int, feature_names: Iterable[str]) -> str:
        """Why a record about an enterprise does not count in the campaign; "" if it does."""
        if problem := self.day_objection(day):
            return problem
        if area_id not in self.areas:
            return f"企业所在区市不在“{self.campaign}”范围内"
        if self.sectors and sector_id not in self.sectors:
            return f"企业行业不在“{self.campaign}”范围内（{joined(self.sectors.values(), 8)}）"
        if self.features and not self.features & set(feature_names):
            return f"企业领域不在“{self.campaign}”范围内（{joined(sorted(self.features))}）"
        return ""

    def day_objection(self, day: date | None) -> str:
        """Why a record of that day does not count; "" if it does, or if the day is not known."""
        first, last = self.campaign.starts_on, self.campaign.ends_on
        if day is None or first <= day <= last:
            return ""
        return f"日期不在“{self.campaign}”期间（{first:%Y.%m.%d}至{last:%Y.%m.%d}）"
