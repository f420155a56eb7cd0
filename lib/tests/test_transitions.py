import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, models, transaction

from lib.actor import Actor
from lib.transitions import MoveRefused, move, move_all, moves_from, refusal

OFFICER = Actor(name="张三")


class State(models.TextChoices):
    OPEN = "open", "待报送"
    HANDED_IN = "handed_in", "已报送"
    ACCEPTED = "accepted", "已受理"


class Paper(models.Model):
    """A thing with states, alive only in these tests."""

    MOVES = {
        State.OPEN: (State.HANDED_IN,),
        State.HANDED_IN: (State.ACCEPTED, State.OPEN),
    }

    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    title = models.CharField(max_length=20, default="")
    accepted_on = models.DateField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "lib"
        verbose_name = "报送件"
        constraints = [
            models.CheckConstraint(
                name="accepted_has_date",
                condition=~models.Q(state=State.ACCEPTED) | models.Q(accepted_on__isnull=False),
            )
        ]

    def log_move(self, frm, to, by, comment):
        Log.objects.create(paper=self.pk, text=f"{frm}>{to} {by.label} {comment}".strip())

    @classmethod
    def log_moves(cls, moves, to, by, comment):
        Log.objects.bulk_create(Log(paper=paper.pk, text=f"{frm}>{to} {by.label}") for paper, frm in moves)


class Log(models.Model):
    paper = models.IntegerField()
    text = models.CharField(max_length=200)

    class Meta:
        app_label = "lib"


@pytest.fixture(scope="module")
def _tables(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Paper)
            editor.create_model(Log)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Log)
            editor.delete_model(Paper)


@pytest.fixture
def paper(_tables, db):
    return Paper.objects.create(title="6月调度表")


@pytest.fixture
def committed(_tables, django_db_blocker):
    """A paper that other connections see."""
    with django_db_blocker.unblock():
        yield Paper.objects.create(state=State.HANDED_IN)
        Paper.objects.all().delete()
        Log.objects.all().delete()


def logged():
    return list(Log.objects.order_by("pk").values_list("text", flat=True))


def test_move_saves_the_state_and_logs_it(paper):
    move(paper, State.HANDED_IN, by=OFFICER, comment="按期")

    assert paper.state == State.HANDED_IN
    assert Paper.objects.get().state == State.HANDED_IN
    assert logged() == ["open>handed_in 张三 按期"]


def test_move_gives_the_object_back(paper):
    assert move(paper, State.HANDED_IN, by=OFFICER) is paper


def test_move_stamps_what_the_state_requires(paper):
    move(paper, State.HANDED_IN, by=OFFICER)
    move(paper, State.ACCEPTED, by=OFFICER, accepted_on=date(2023, 6, 28))

    assert Paper.objects.get().accepted_on == date(2023, 6, 28)


def test_move_without_the_stamp_breaks_the_constraint(paper):
    move(paper, State.HANDED_IN, by=OFFICER)

    with pytest.raises(IntegrityError, match="accepted_has_date"), transaction.atomic():
        move(paper, State.ACCEPTED, by=OFFICER)


def test_move_keeps_the_moment_of_change(paper):
    before = paper.changed_at
    move(paper, State.HANDED_IN, by=OFFICER)

    assert Paper.objects.get().changed_at > before


def test_move_writes_no_other_field(paper):
    """What was changed on the object but not saved is not slipped in."""
    paper.title = "改过的"
    move(paper, State.HANDED_IN, by=OFFICER)

    assert paper.title == Paper.objects.get().title == "6月调度表"


def test_move_takes_three_statements(paper, django_assert_num_queries):
    with django_assert_num_queries(3):
        move(paper, State.HANDED_IN, by=OFFICER)


def test_move_not_in_the_table_is_refused_with_a_reason(paper):
    with pytest.raises(MoveRefused, match="该报送件现为“待报送”，不能改为“已受理”"):
        move(paper, State.ACCEPTED, by=OFFICER)

    assert Paper.objects.get().state == State.OPEN
    assert logged() == []


def test_move_to_the_same_state_is_refused(paper):
    with pytest.raises(MoveRefused, match="该报送件已经是“待报送”，无需再次处理"):
        move(paper, State.OPEN, by=OFFICER)


def test_move_from_a_final_state_is_refused(paper):
    Paper.objects.update(state=State.ACCEPTED, accepted_on=date(2023, 6, 28))
    paper.refresh_from_db()

    assert moves_from(paper) == ()
    with pytest.raises(MoveRefused, match="现为“已受理”，不能改为“待报送”"):
        move(paper, State.OPEN, by=OFFICER)


def test_move_to_an_unknown_state_is_a_mistake_of_ours(paper):
    with pytest.raises(ValueError, match="'done' is no state of Paper"):
        move(paper, "done", by=OFFICER)


def test_refusal_leaves_the_callers_transaction_usable(paper):
    with transaction.atomic():
        with pytest.raises(MoveRefused):
            move(paper, State.ACCEPTED, by=OFFICER)
        Paper.objects.create(title="另一件")

    assert Paper.objects.count() == 2


def test_decision_on_an_outdated_state_is_refused_and_the_object_refreshed(paper):
    """Another officer has returned it and it was handed in anew: the table would allow the move."""
    move(paper, State.HANDED_IN, by=OFFICER)
    outdated = Paper.objects.get()
    move(paper, State.OPEN, by=OFFICER)

    with pytest.raises(MoveRefused, match="该报送件已由他人改为“待报送”，请刷新页面后再处理"):
        move(outdated, State.OPEN, by=OFFICER)
    assert outdated.state == State.OPEN


def test_failed_log_takes_the_move_back(paper, monkeypatch):
    def broken(*args):
        raise RuntimeError("no log, no move")

    monkeypatch.setattr(Paper, "log_move", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        move(paper, State.HANDED_IN, by=OFFICER)

    assert Paper.objects.get().state == State.OPEN


def test_refusal_and_moves_for_pages(paper):
    assert moves_from(paper) == (State.HANDED_IN,)
    assert refusal(paper, State.HANDED_IN) == ""
    assert refusal(paper, State.ACCEPTED) == "该报送件现为“待报送”，不能改为“已受理”"


def test_move_all_moves_every_row_in_three_statements(paper, django_assert_num_queries):
    Paper.objects.bulk_create(Paper(title=str(n)) for n in range(4))

    with django_assert_num_queries(3):
        moved = move_all(Paper.objects.all(), State.HANDED_IN, by=OFFICER, accepted_on=date(2023, 6, 28))

    assert len(moved) == 5
    assert {paper.state for paper in moved} == {State.HANDED_IN}
    assert set(Paper.objects.values_list("state", "accepted_on")) == {(State.HANDED_IN, date(2023, 6, 28))}
    assert logged() == ["open>handed_in 张三"] * 5


def test_move_all_keeps_the_moment_of_change(paper):
    before = paper.changed_at
    move_all(Paper.objects.all(), State.HANDED_IN, by=OFFICER)

    assert Paper.objects.get().changed_at > before


def test_move_all_moves_every_row_or_none(paper):
    Paper.objects.create(state=State.HANDED_IN)

    with pytest.raises(MoveRefused, match="该报送件已经是“已报送”"):
        move_all(Paper.objects.all(), State.HANDED_IN, by=OFFICER)
    assert sorted(Paper.objects.values_list("state", flat=True)) == ["handed_in", "open"]
    assert logged() == []


def test_move_all_of_nothing_does_nothing(paper):
    assert move_all(Paper.objects.none(), State.HANDED_IN, by=OFFICER) == []
    assert move_all(Paper.objects.filter(title="没有"), State.HANDED_IN, by=OFFICER) == []


def test_move_of_a_row_that_is_gone(paper):
    Paper.objects.all().delete()

    with pytest.raises(Paper.DoesNotExist):
        move(paper, State.HANDED_IN, by=OFFICER)


def test_move_of_an_object_fetched_in_part(paper):
    """A list page fetched only what it shows."""
    part = Paper.objects.only("title").get()
    move(part, State.HANDED_IN, by=OFFICER)

    assert Paper.objects.get().state == State.HANDED_IN


def test_full_course_of_a_paper_is_in_its_log(paper):
    move(paper, State.HANDED_IN, by=OFFICER, comment="第1稿")
    move(paper, State.OPEN, by=Actor(name="李四"), comment="缺合计行")
    move(paper, State.HANDED_IN, by=OFFICER, comment="第2稿")
    move(paper, State.ACCEPTED, by=Actor.system("自动受理"), accepted_on=date(2023, 6, 28))

    assert logged() == [
        "open>handed_in 张三 第1稿",
        "handed_in>open 李四 缺合计行",
        "open>handed_in 张三 第2稿",
        "handed_in>accepted 系统（自动受理）",
    ]


@pytest.mark.parametrize(
    ("now", "to", "words"),
    [
        ("open", "accepted", "该报送件现为“待报送”，不能改为“已受理”"),
        ("open", "open", "该报送件已经是“待报送”，无需再次处理"),
        ("accepted", "handed_in", "该报送件现为“已受理”，不能改为“已报送”"),
        ("accepted", "open", "该报送件现为“已受理”，不能改为“待报送”"),
        ("open", "handed_in", ""),
        ("handed_in", "open", ""),
        ("handed_in", "accepted", ""),
    ],
)
def test_refusal_of_every_pair_of_states(now, to, words):
    assert refusal(Paper(state=now), to) == words


def test_move_outside_a_transaction_is_whole_or_nothing(committed, monkeypatch):
    def broken(*args):
        raise RuntimeError("no log, no move")

    monkeypatch.setattr(Paper, "log_move", broken)
    with pytest.raises(RuntimeError):
        move(committed, State.OPEN, by=OFFICER)

    assert Paper.objects.get().state == State.HANDED_IN


def test_of_two_officers_at_once_one_wins(committed):
    """Each has the page open; the second waits for the first one's lock and is then refused."""
    start = threading.Barrier(2)
    outcomes = []

    def decide(to, name):
        try:
            mine = Paper.objects.get(pk=committed.pk)
            start.wait(timeout=10)
            with transaction.atomic():
                move(mine, to, by=Actor(name=name), accepted_on=date(2023, 6, 28))
            outcomes.append("done")
        except MoveRefused as refused:
            outcomes.append(str(refused)[:6])
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=args) for args in ((State.ACCEPTED, "甲"), (State.OPEN, "乙"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert sorted(outcomes) == ["done", "该报送件已由"]
    assert len(logged()) == 1
