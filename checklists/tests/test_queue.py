"""The queue of the fill page by itself (static/fill-queue.js), in Chromium: what a server or a dead network may reply.

Answers are the device's until the server has them: nothing is sent twice under two ids, nothing is lost, and one that
cannot be saved holds up no other.
"""

import re

import pytest
from django.conf import settings

pytestmark = pytest.mark.browser

PREFIX = "answer:7:3:"
CONFLICT = "[409, {current: {version: 4}}]"
# `replies` are [status, body] in turn, or "offline"; a body of null is no JSON. `sent` and `told` say what happened.
HARNESS = """
window.open_queue = (known = () => true) => {
  Object.assign(window, { sent: [], told: [], replies: [], gate: null });
  const post = async (key, fields) => {
    sent.push([key, fields]);
    await gate;
    const reply = replies.shift() || "offline";
    if (reply === "offline") throw new TypeError("Failed to fetch");
    return new Response(reply[1] === null ? "<html>" : JSON.stringify(reply[1]), { status: reply[0] });
  };
  const names = ["saved", "conflict", "refused", "waiting"];
  const heard = Object.fromEntries(names.map((name) => [name, (...what) => told.push([name, ...what])]));
  window.queue = new AnswerQueue("answer:7:3:", post, heard);
  window.restored = queue.restore(known);
};
window.kept = () => Object.fromEntries(Object.keys(localStorage).map((name) => [name, JSON.parse(localStorage[name])]));
open_queue();
"""


@pytest.fixture
def page(chromium):
    """An empty page with the script in it, of an address that nobody serves; no database, no server."""
    context = chromium.new_context()
    context.route("**/*", lambda route: route.fulfill(body="<title>x</title>", content_type="text/html"))
    opened = context.new_page()
    script = (settings.BASE_DIR / "static" / "fill-queue.js").read_text(encoding="utf-8")
    opened.add_init_script(f"{script}\nwindow.AnswerQueue = AnswerQueue;\n{HARNESS}")
    opened.goto("http://queue.test/")
    yield opened
    context.close()


def run(page, script):
    """What an async piece of script gives back."""
    return page.evaluate(f"async () => {{ {script} }}")


def put(page, reply, then=""):
    """Give the first answer to the first question; `reply` is what it meets."""
    run(page, f'replies = [{reply}]; await queue.put("1", {{result: "partial"}}, 0); {then}')


def ids(page):
    return [fields["client_id"] for _, fields in page.evaluate("sent")]


def versions(page):
    return [(key, fields["version"], fields["result"]) for key, fields in page.evaluate("sent")]


def test_answer_is_sent_with_an_id_of_its_own_and_forgotten_once_saved(page):
    run(page, 'replies = [[200, {version: 1}]]; await queue.put("1", {result: "partial", note: "缺"}, 0);')

    [[key, fields]] = page.evaluate("sent")
    assert (key, fields["version"], fields["result"], fields["note"]) == ("1", 0, "partial", "缺")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", fields["client_id"])
    assert page.evaluate("told") == [["saved", "1", {"version": 1}, False]]
    assert page.evaluate("kept()") == {}
    assert page.evaluate("queue.entries.size") == 0


def test_answer_given_offline_is_kept_and_sent_again_under_the_same_id(page):
    run(page, 'replies = ["offline"]; await queue.put("1", {result: "partial"}, 0);')
    assert page.evaluate("told") == [["waiting", "offline"]]
    assert page.evaluate("kept()")[f"{PREFIX}1"]["values"] == {"result": "partial"}

    run(page, "replies = [[200, {version: 1}]]; await queue.flush();")

    assert len(set(ids(page))) == 1
    assert versions(page) == [("1", 0, "partial"), ("1", 0, "partial")]
    assert page.evaluate("kept()") == {}


def test_change_made_while_the_first_is_on_its_way_follows_as_the_next_version(page):
    run(
        page,
        """
        let open; gate = new Promise((done) => (open = done));
        replies = [[200, {version: 1}], [200, {version: 2}]];
        const first = queue.put("1", {result: "partial"}, 0);
        queue.put("1", {result: "noncompliant"}, 0);
        open(); await first;
        """,
    )

    assert versions(page) == [("1", 0, "partial"), ("1", 1, "noncompliant")]
    assert len(set(ids(page))) == 2
    assert [entry[0] for entry in page.evaluate("told")] == ["saved", "saved"]
    assert page.evaluate("told[0][3]") is True  # what was saved is older than what is shown
    assert page.evaluate("kept()") == {}


def test_change_after_a_lost_reply_does_not_take_the_place_of_what_may_have_arrived(page):
    """The first may be on the server: sent again unchanged it is the same answer; changed it would be a conflict."""
    run(page, 'replies = ["offline"]; await queue.put("1", {result: "partial"}, 0);')
    run(
        page,
        'replies = [[200, {version: 1}], [200, {version: 2}]]; await queue.put("1", {result: "compliant"}, 0);',
    )

    assert versions(page) == [("1", 0, "partial"), ("1", 0, "partial"), ("1", 1, "compliant")]
    assert ids(page)[0] == ids(page)[1] != ids(page)[2]


def test_only_the_last_of_many_changes_follows(page):
    run(page, 'replies = ["offline"]; await queue.put("1", {result: "partial", note: ""}, 0);')
    run(page, 'replies = ["offline"]; await queue.put("1", {result: "partial", note: "缺"}, 0);')
    run(
        page,
        """
        replies = [[200, {version: 1}], [200, {version: 2}]];
        await queue.put("1", {result: "partial", note: "缺台账"}, 0);
        """,
    )

    assert page.evaluate("sent.map(([key, fields]) => fields.note)") == ["", "", "", "缺台账"]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ('"offline"', "offline"),
        ("[401, null]", "login"),
        ("[429, null]", "busy"),
        ("[500, null]", "busy"),
        ("[503, {}]", "busy"),
    ],
)
def test_reply_that_decides_nothing_leaves_the_answer_to_be_sent_later(page, reply, why):
    run(page, f'replies = [{reply}]; await queue.put("1", {{result: "partial"}}, 0);')

    assert page.evaluate("told") == [["waiting", why]]
    assert list(page.evaluate("kept()")) == [f"{PREFIX}1"]
    assert page.evaluate("queue.pause") == 2000


def test_pauses_grow_to_half_a_minute_and_begin_anew_after_a_success(page):
    pauses = run(
        page,
        """
        const pauses = [];
        await queue.put("1", {result: "partial"}, 0);
        for (let turn = 0; turn < 6; turn += 1) { pauses.push(queue.pause); await queue.flush(); }
        replies = [[200, {version: 1}]]; await queue.flush();
        return [...pauses, queue.pause];
        """,
    )

    assert pauses == [2000, 4000, 8000, 16000, 30000, 30000, 0]


def test_it_tries_again_by_itself(page):
    run(
        page,
        """
        AnswerQueue.FIRST_PAUSE = 20;
        replies = ["offline", [200, {version: 1}]];
        queue.put("1", {result: "partial"}, 0);
        """,
    )

    page.wait_for_function("told.length === 2")
    assert page.evaluate("told[1][0]") == "saved"


def test_dead_network_stops_the_queue_and_keeps_the_order(page):
    run(page, 'await queue.put("1", {result: "partial"}, 0); await queue.put("2", {result: "compliant"}, 0);')
    assert {key for key, *_ in versions(page)} == {"1"}

    run(page, "sent.length = 0; replies = [[200, {version: 1}], [200, {version: 1}]]; await queue.flush();")

    assert [key for key, *_ in versions(page)] == ["1", "2"]


# What the server refuses


def test_conflict_is_shown_with_both_answers_and_waits_for_a_choice(page):
    put(page, CONFLICT, "await queue.flush();")

    assert page.evaluate("told") == [["conflict", "1", {"version": 4}, {"result": "partial"}]]
    assert len(ids(page)) == 1
    assert list(page.evaluate("kept()")) == [f"{PREFIX}1"]


def test_ours_is_sent_on_top_of_theirs_when_it_is_chosen(page):
    put(page, CONFLICT)
    run(page, 'replies = [[200, {version: 5}]]; await queue.resolve("1", 4, true);')

    assert versions(page) == [("1", 0, "partial"), ("1", 4, "partial")]
    assert len(set(ids(page))) == 2
    assert page.evaluate("kept()") == {}


def test_what_was_typed_after_the_conflict_is_what_is_kept(page):
    put(page, CONFLICT)
    run(page, 'await queue.put("1", {result: "noncompliant"}, 0);')
    assert len(ids(page)) == 1

    run(page, 'replies = [[200, {version: 5}]]; await queue.resolve("1", 4, true);')

    assert versions(page)[-1] == ("1", 4, "noncompliant")


def test_theirs_is_kept_by_letting_ours_go(page):
    put(page, CONFLICT)
    run(page, 'await queue.resolve("1", 4, false);')

    assert len(ids(page)) == 1
    assert page.evaluate("kept()") == {}


def test_refusal_says_why_and_the_words_stay_on_the_device(page):
    put(page, '[403, {message: "第1稿待审核"}]', "await queue.flush();")

    assert page.evaluate("told") == [["refused", "1", "第1稿待审核"]]
    assert list(page.evaluate("kept()")) == [f"{PREFIX}1"]
    assert len(ids(page)) == 1


@pytest.mark.parametrize("status", [400, 403, 404])
def test_refusal_that_is_a_page_says_to_reload(page, status):
    """A stale token, or a body too large, is answered before any view of ours."""
    run(page, f'replies = [[{status}, null]]; await queue.put("1", {{result: "partial"}}, 0);')

    assert page.evaluate("told") == [["refused", "1", "页面已过期，请刷新后再填；已填内容留在本机。"]]


def test_refused_answer_given_again_is_a_new_one(page):
    run(page, 'replies = [[400, {message: "太长"}]]; await queue.put("1", {result: "partial", note: "长"}, 2);')
    run(page, 'replies = [[200, {version: 3}]]; await queue.put("1", {result: "partial", note: "短"}, 2);')

    assert len(set(ids(page))) == 2
    assert page.evaluate("sent[1][1].note") == "短"
    assert versions(page)[1] == ("1", 2, "partial")
    assert page.evaluate("kept()") == {}


@pytest.mark.parametrize("reply", ['[403, {message: "x"}]', "[409, {current: {version: 1}}]"])
def test_one_that_cannot_be_saved_holds_up_no_other(page, reply):
    run(page, f'replies = [{reply}, [200, {{version: 1}}]]; queue.put("1", {{result: "partial"}}, 0);')
    run(page, 'await queue.put("2", {result: "compliant"}, 0);')

    assert page.evaluate("told[1].slice(0, 2)") == ["saved", "2"]
    assert list(page.evaluate("kept()")) == [f"{PREFIX}1"]


# After the page was closed


def test_page_opened_anew_sends_what_is_left_under_the_same_id(page):
    run(page, 'await queue.put("1", {result: "partial", note: "缺"}, 0);')
    [before] = ids(page)

    page.reload()
    assert page.evaluate("restored") == [["1", {"result": "partial", "note": "缺"}]]
    run(page, "replies = [[200, {version: 1}]]; await queue.flush();")

    assert ids(page) == [before]
    assert page.evaluate("kept()") == {}


def test_page_opened_anew_shows_the_last_words_and_sends_both(page):
    run(page, 'await queue.put("1", {result: "partial"}, 0); await queue.put("1", {result: "noncompliant"}, 0);')

    page.reload()
    assert page.evaluate("restored") == [["1", {"result": "noncompliant"}]]
    run(page, "replies = [[200, {version: 1}], [200, {version: 2}]]; await queue.flush();")

    assert versions(page) == [("1", 0, "partial"), ("1", 1, "noncompliant")]


def test_refused_answer_is_tried_again_on_a_fresh_page(page):
    run(page, 'replies = [[403, null]]; await queue.put("1", {result: "partial"}, 0);')

    page.reload()
    run(page, "replies = [[200, {version: 1}]]; await queue.flush();")

    assert page.evaluate("told") == [["saved", "1", {"version": 1}, False]]


@pytest.mark.parametrize("spoilt", ["{", "null", "5", '"x"', "{}", '{"client_id": "x"}', "[]"])
def test_spoilt_copy_disturbs_nothing(page, spoilt):
    run(page, 'await queue.put("2", {result: "partial"}, 0);')
    page.evaluate(f"localStorage.setItem('{PREFIX}1', {spoilt!r})")

    page.reload()

    assert page.evaluate("restored") == [["2", {"result": "partial"}]]
    assert page.evaluate("queue.entries.size") == 1


def test_copy_of_a_question_that_is_asked_no_more_blocks_nothing(page):
    run(page, 'await queue.put("99", {result: "partial"}, 0); await queue.put("1", {result: "compliant"}, 0);')

    page.reload()
    run(page, 'open_queue((key) => key === "1"); replies = [[200, {version: 1}]]; await queue.flush();')

    assert page.evaluate("restored") == [["1", {"result": "compliant"}]]
    assert [key for key, *_ in versions(page)] == ["1"]
    assert list(page.evaluate("kept()")) == [f"{PREFIX}99"]


@pytest.mark.parametrize("other", ["answer:7:31:1", "answer:8:3:1", "answer:77:3:1", "draft:1"])
def test_copies_of_other_people_and_other_lists_are_left_alone(page, other):
    page.evaluate(
        f"localStorage.setItem('{other}', JSON.stringify({{client_id: 'x', version: 0, values: {{}}, next: null}}))"
    )

    page.reload()
    run(page, 'replies = [[200, {version: 1}]]; await queue.put("1", {result: "partial"}, 0);')

    assert page.evaluate("restored") == []
    assert list(page.evaluate("kept()")) == [other]


def test_copy_that_another_tab_has_put_there_is_not_thrown_away(page):
    run(
        page,
        """
        let open; gate = new Promise((done) => (open = done));
        replies = [[200, {version: 1}]];
        const first = queue.put("1", {result: "partial"}, 0);
        const theirs = { client_id: "theirs", version: 0, values: { result: "compliant" } };
        localStorage.setItem("answer:7:3:1", JSON.stringify(theirs));
        open(); await first;
        """,
    )

    assert page.evaluate("kept()")[f"{PREFIX}1"]["client_id"] == "theirs"


def test_without_storage_answers_are_sent_all_the_same(page):
    """Some phones forbid it in private windows."""
    run(
        page,
        """
        const deny = () => { throw new DOMException("denied"); };
        Object.assign(Storage.prototype, { setItem: deny, getItem: deny });
        replies = ["offline", [200, {version: 1}]];
        await queue.put("1", {result: "partial"}, 0); await queue.flush();
        """,
    )

    assert [entry[0] for entry in page.evaluate("told")] == ["waiting", "saved"]
