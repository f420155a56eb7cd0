"""Who receives what a respondent hands in, and in whose row it counts: read once per campaign, asked in memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from campaigns.models import Campaign, Deliverable
from organizations.models import Area, Enterprise, ReportingArea, Unit, UnitSector

Rule = Deliverable.RecipientRule


class Directory:
    """Areas, reporting rows and units of one campaign; four queries, then none."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self.lead = campaign.lead_unit
        self.areas = {area.pk: area for area in Area.objects.all()}
        self.ids = {area.code: pk for pk, area in self.areas.items()}
        rules = ReportingArea.objects.values_list("line", "area", "counted_in")
        self.rows = {(line, area): row for line, area, row in rules}
        self.units = {unit.pk: unit for unit in Unit.objects.active().order_by("position", "pk")}
        self.sectors: dict[int, set[int]] = defaultdict(set)
        for unit, sector in UnitSector.objects.values_list("unit", "sector"):
            self.sectors[unit].add(sector)

    def chain(self, area_id: int) -> list[int]:
        """The area and what lies above it, nearest first."""
        codes = self.areas[area_id].path.strip("/").split("/")
        return [self.ids[code] for code in reversed(codes) if code in self.ids]

    def reporting_row(self, line: str, area_id: int) -> int | None:
        """In whose row of the line's tables the area counts, by the nearest rule upward: 综保区 in 经区 for 应急."""
        return next((self.rows[line, area] for area in self.chain(area_id) if (line, area) in self.rows), None)

    def receivers(self, deliverable: Deliverable, respondent: Unit | Enterprise) -> list[int]:
        """Units in use, by the deliverable's rule, never the respondent itself; the lead unit where it finds nobody."""
        if deliverable.recipient_rule == Rule.FILE:
            return []
        itself = respondent.pk if isinstance(respondent, Unit) else None
        found = [unit for unit in self._by_rule(deliverable, respondent) if unit != itself]
        return list(dict.fromkeys(found)) or [self.lead.pk] * (self.lead.pk != itself)

    def _by_rule(self, deliverable: Deliverable, respondent: Unit | Enterprise) -> Iterable[int]:
        match deliverable.recipient_rule:
            case Rule.NAMED:
                return [unit.pk for unit in deliverable.recipients.all() if unit.pk in self.units]
            case Rule.SECTOR_OFFICE:
                return self.offices(self._sectors_of(deliverable, respondent))
            case Rule.LEAD_AND_OFFICE:
                return [self.lead.pk, *self.offices(self._sectors_of(deliverable, respondent))]
            case Rule.AREA_UNIT:
                return self.area_units(deliverable, respondent)
        return [self.lead.pk]

    def _sectors_of(self, deliverable: Deliverable, respondent: Unit | Enterprise) -> set[int]:
        """The firm's sector; a unit's sectors as far as the deliverable speaks of them."""
        if isinstance(respondent, Enterprise):
            return {respondent.sector_id}
        named = {sector.pk for sector in deliverable.sectors.all()}
        own = self.sectors[respondent.pk]
        return own & named if named else own

    def offices(self, sectors: set[int]) -> Iterator[int]:
        """行业对口科室: offices of the lead unit's bureau in charge of one of the sectors."""
        house = self.lead.part_of_id or self.lead.pk
        for unit in self.units.values():
            if unit.part_of_id == house and self.sectors[unit.pk] & sectors:
                yield unit.pk

    def area_units(self, deliverable: Deliverable, respondent: Unit | Enterprise) -> list[int]:
        """所在地同条线主管部门: the nearest bureau of the line, of the respondent's sector where one is."""
        line = deliverable.line or self.campaign.line
        sectors = self._sectors_of(deliverable, respondent)
        for area in self._places(line, respondent.area_id):
            here = [unit for unit in self._bureaus(line, area) if unit != respondent]
            fitting = [unit.pk for unit in here if unit.all_sectors or self.sectors[unit.pk] & sectors]
            if here:
                return fitting or [unit.pk for unit in here]
        return []

    def _places(self, line: str, area_id: int) -> list[int]:
        """The area, the one it counts in, then upward."""
        own, *above = self.chain(area_id)
        row = self.reporting_row(line, area_id)
        return [own, *([row] if row else []), *above]

    def _bureaus(self, line: str, area_id: int) -> list[Unit]:
        bureau = Unit.Kind.BUREAU
        return [u for u in self.units.values() if u.area_id == area_id and u.kind == bureau and line in u.lines]
