from datetime import date

import pytest

from hazards import actions
from hazards.models import Hazard
from hazards.tests import factories as ledger
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def put_on_list(hazard, **values):
    given = {"level": "department", "unit_name": "荣成市应急管理局", "listed_on": date(2023, 6, 9)}
    return actions.put_on_list(hazard, by=ledger.clerk(), **given | values)


def test_listing_is_a_row_and_is_copied_to_the_hazard():
    hazard = ledger.rectifying()
    listing = put_on_list(hazard, order_number="荣应急督〔2023〕3号")
    hazard.refresh_from_db()
    assert (hazard.listed, hazard.listing_unit_name, hazard.needs_recheck) == (True, "荣成市应急管理局", True)
    assert (listing.unit, listing.listed_on) == (make.unit(), date(2023, 6, 9))
    assert Message.objects.filter(enterprise=hazard.enterprise, title__contains="挂牌督办").count() == 1


def test_listing_by_a_government_not_in_the_portal_keeps_its_name():
    listing = put_on_list(ledger.rectifying(), level="government", unit_name="威海市人民政府安全生产委员会")
    assert (listing.unit, listing.unit_name) == (None, "威海市人民政府安全生产委员会")


def test_listing_twice_is_refused():
    hazard = ledger.rectifying()
    put_on_list(hazard)
    with pytest.raises(MoveRefused, match="已由荣成市应急管理局挂牌督办"):
        put_on_list(hazard)


def test_general_is_not_listed():
    with pytest.raises(MoveRefused, match="一般隐患不挂牌"):
        put_on_list(ledger.hazard(state="rectifying"))


def test_unjudged_is_not_listed():
    with pytest.raises(MoveRefused, match="须在“已判定"):
        put_on_list(ledger.proposed_major())


def test_listed_before_found_is_refused():
    with pytest.raises(MoveRefused, match="挂牌时间.*不能早于发现时间"):
        put_on_list(ledger.rectifying(), listed_on=date(2023, 6, 5))


def test_delisting_is_not_closing_and_keeps_who_listed():
    hazard = ledger.rectifying()
    put_on_list(hazard)
    actions.delist(hazard, by=ledger.clerk(), delisted_on=date(2023, 6, 20), reason="整改到位")
    hazard.refresh_from_db()
    assert (hazard.state, hazard.listed, hazard.listing_unit_name) == ("rectifying", False, "荣成市应急管理局")
    assert hazard.listings.get().delisted_on == date(2023, 6, 20)


def test_delisted_before_listed_is_refused():
    hazard = ledger.rectifying()
    put_on_list(hazard)
    with pytest.raises(MoveRefused, match="摘牌时间（2023年6月8日）不能早于挂牌时间（2023年6月9日）"):
        actions.delist(hazard, by=ledger.clerk(), delisted_on=date(2023, 6, 8), reason="整改到位")
    assert hazard.listings.get().delisted_on is None


def test_delisted_on_the_day_it_was_listed_is_taken():
    hazard = ledger.rectifying()
    put_on_list(hazard)
    actions.delist(hazard, by=ledger.clerk(), delisted_on=date(2023, 6, 9), reason="误挂")
    assert not hazard.listed


def test_delisted_may_be_listed_again():
    hazard = ledger.rectifying()
    put_on_list(hazard)
    actions.delist(hazard, by=ledger.clerk(), delisted_on=date(2023, 6, 20), reason="误挂")
    put_on_list(hazard, listed_on=date(2023, 6, 21))
    assert hazard.listings.count() == 2


def test_delisting_what_is_not_listed_is_refused():
    with pytest.raises(MoveRefused, match="没有在挂牌督办"):
        actions.delist(ledger.rectifying(), by=ledger.clerk(), delisted_on=date(2023, 6, 20), reason="误")


def test_hand_over_moves_duty_and_sight_but_not_the_count():
    here, there = make.unit(), make.unit("文登区应急管理局", in_area=make.county("文登区"))
    hazard = ledger.rectifying()
    other = ledger.clerk(there)
    assert not Hazard.objects.visible_to(other).exists()
    actions.hand_over(hazard, by=ledger.clerk(), area=there.area, reason="企业迁址")
    hazard.refresh_from_db()
    assert Hazard.objects.visible_to(other).get() == hazard
    assert (hazard.handled_in, hazard.area, hazard.reporting_area) == (there.area, here.area, here.area)
    assert hazard.entries.get().comment == "由荣成市移交文登区：企业迁址"
    assert Message.objects.get(unit=there).title.startswith("荣成市移交隐患")


def test_hand_over_to_where_it_is_is_refused():
    hazard = ledger.rectifying()
    with pytest.raises(MoveRefused, match="已在荣成市办理"):
        actions.hand_over(hazard, by=ledger.clerk(), area=hazard.handled_in, reason="无")


def test_supervisors_are_the_nearest_with_direct_power_and_the_finder():
    make.city_bureau()
    district = make.unit()
    town = make.unit("某镇", kind="town", in_area=make.area("某镇", parent=make.county(), level="town"), sectors=())
    assert ledger.hazard().supervisors() == [district]
    assert ledger.hazard(found_by="stationed", found_by_unit=town).supervisors() == [district, town]


def test_without_a_district_bureau_the_citys_is_told():
    city = make.city_bureau()
    assert ledger.hazard().supervisors() == [city]
