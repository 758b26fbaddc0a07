"""Into an account with nothing but a mailbox: signing up, a forgotten password, addresses, name and password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.model.account import Role
from monitor.model.alert import ChannelName, Filter
from monitor.pipeline.letters import MOST_A_DAY
from monitor.web.passwords import hashed
from monitor.web.self_service import MOST_OF_PEER
from storage.engine import Database
from storage.retention import prune
from tests.integration.web.subscribers import PASSWORD, Reader, Town, part
from tests.integration.web.test_gets_change_nothing import contents
from tests.sinks import SmtpSink, SmtpStage

OTHER = "quite another few words"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


@pytest.fixture
def town(sqlite_database: Database, tmp_path: Path, sink: SmtpSink) -> Town:
    return Town(sqlite_database, tmp_path, sink)


def ask(town: Town, path: str, address: str) -> str:
    answer = town.client.request("POST", path, data={"address": address})
    assert answer.status_code == 200, answer.text
    return answer.text


def sign_in(town: Town, name: str, password: str) -> int:
    return town.client.request("POST", "/sign-in", data={"name": name, "password": password}).status_code


def test_from_an_address_to_an_account(town: Town) -> None:
    reader = town.sign_up("Ada@Example.org")
    assert reader.get("/subscriptions").status_code == 200
    account = reader.get("/account").text
    assert "as a subscriber" in account
    assert "Ada@example.org" in account
    assert sign_in(town, "ada@example.org", PASSWORD) == 303


def test_the_mail_says_what_it_is_for_in_both_its_parts(town: Town) -> None:
    ask(town, "/sign-up", "ada@example.org")
    assert town.send() == 1
    (mail,) = town.sink.mails
    assert mail.recipients == ("ada@example.org",)
    assert mail.message["subject"] == "Your account with Volteface at desk.example"
    path = town.link("sign-up")
    html = part(mail, "html")
    assert f'href="https://desk.example{path}"' in html
    assert "within 24 hours" in part(mail, "plain").replace("\n", " ")
    assert town.send() == 0, "one mail for one request"


def test_a_mail_outlives_the_process_and_a_mail_server_that_is_away(town: Town, database_url: str) -> None:
    ask(town, "/sign-up", "ada@example.org")
    town.sink.says(SmtpStage.RECIPIENT, "451 try again later")
    assert town.send() == 1
    assert town.sink.mails == []
    town.later(seconds=2)
    assert town.send() == 0, "it is tried again later, not at once"
    with SmtpSink() as back:
        again = Town(town.database, town.settings.data_dir, back)  # another process, for all that it shares
        again.now = town.later(minutes=10)
        assert again.send() == 1
        assert again.client.get(again.link("sign-up")).status_code == 200


def test_a_link_is_nowhere_in_the_database_works_once_and_ends(town: Town) -> None:
    ask(town, "/sign-up", "ada@example.org")
    town.send()
    path = town.link("sign-up")
    with town.database.view() as work:
        url = str(work._session.get_bind().engine.url)
    assert path.rpartition("/")[2] not in str(contents(url))
    assert town.client.get(path).headers["referrer-policy"] == "no-referrer"
    ask(town, "/sign-up", "ada@example.org")
    town.send()
    newer = town.link("sign-up")
    made = town.client.request("POST", path, data={"name": "Ada", "password": PASSWORD})
    assert made.status_code == 303
    for used in (path, newer):  # the newer one is for what was done already
        assert town.client.get(used).status_code == 404
        assert town.client.request("POST", used, data={"name": "Eve", "password": PASSWORD}).status_code == 404
    ask(town, "/sign-up", "bob@example.org")
    town.send()
    bobs = town.link("sign-up")
    town.later(hours=25)
    assert town.client.get(bobs).status_code == 404


def test_no_page_says_which_addresses_are_known(town: Town) -> None:
    town.sign_up("ada@example.org")
    for path in ("/sign-up", "/forgotten"):
        known, unknown = ask(town, path, "ada@example.org"), ask(town, path, "bob@example.org")
        assert known.replace("ada@", "bob@") == unknown
    town.send()
    sent = [(m.recipients[0], m.message["subject"]) for m in town.sink.mails[1:]]
    assert sorted(sent) == [
        ("ada@example.org", "A new password for Volteface at desk.example"),
        ("ada@example.org", "You have an account with Volteface at desk.example"),
        ("bob@example.org", "Your account with Volteface at desk.example"),
    ]


def test_who_is_asked_too_often_gets_no_more_mail_and_no_page_says_so(town: Town) -> None:
    pages = {ask(town, "/sign-up", "ada@example.org") for _ in range(MOST_A_DAY + 2)}
    assert len(pages) == 1
    while town.send():
        pass
    assert len(town.sink.mails) == MOST_A_DAY
    town.later(hours=25)
    ask(town, "/sign-up", "ada@example.org")
    assert town.send() == 1


def test_one_peer_asks_for_so_many_mails_and_then_waits(town: Town) -> None:
    for n in range(MOST_OF_PEER):
        ask(town, "/sign-up", f"reader{n}@example.org")
    answer = town.client.request("POST", "/forgotten", data={"address": "ada@example.org"})
    assert answer.status_code == 429
    assert "wait 60 minutes" in answer.text


@pytest.mark.parametrize(
    ("address", "said"),
    [("", "is no mail address"), ("ada", "is no mail address"), ("a@b.org, c@d.org", "one address")],
)
def test_what_is_no_address_is_said_by_the_form(town: Town, address: str, said: str) -> None:
    answer = town.client.request("POST", "/sign-up", data={"address": address})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_sign_up_may_be_off_or_for_some_domains(sqlite_database: Database, tmp_path: Path, sink: SmtpSink) -> None:
    off = Town(sqlite_database, tmp_path, sink, sign_up="off")
    assert off.client.get("/sign-up").status_code == 403
    assert off.client.request("POST", "/sign-up", data={"address": "ada@example.org"}).status_code == 403
    assert "/sign-up" not in off.client.get("/sign-in").text
    some = Town(sqlite_database, tmp_path, sink, sign_up="example.org, @News.example")
    assert some.client.request("POST", "/sign-up", data={"address": "ada@evil.example"}).status_code == 422
    assert some.client.request("POST", "/sign-up", data={"address": "ada@evilexample.org"}).status_code == 422
    ask(some, "/sign-up", "ada@NEWS.example")
    assert some.send() == 1


@pytest.mark.parametrize("missing", ["smtp_host", "public_url"])
def test_without_a_mail_server_or_an_address_the_page_says_what_to_set(
    sqlite_database: Database, tmp_path: Path, sink: SmtpSink, missing: str
) -> None:
    town = Town(sqlite_database, tmp_path, sink, **{missing: None})
    for method, path in (("GET", "/sign-up"), ("POST", "/sign-up"), ("GET", "/forgotten"), ("POST", "/forgotten")):
        answer = town.client.request(method, path, data={"address": "a@b.org"} if method == "POST" else None)
        assert answer.status_code == 503
        assert f"VOLTEFACE_{missing.upper()}" in answer.text
    assert town.send() == 0


def test_a_forgotten_password_is_renewed_and_ends_all_sessions(town: Town) -> None:
    reader = town.sign_up("ada@example.org")
    ask(town, "/forgotten", "ADA@example.org")
    town.send()
    path = town.link("forgotten")
    assert town.client.request("POST", path, data={"password": "short"}).status_code == 422
    assert town.client.request("POST", path, data={"password": OTHER}).status_code == 303
    assert town.client.request("POST", path, data={"password": PASSWORD}).status_code == 404
    assert reader.get("/account").status_code == 401
    assert (sign_in(town, "ada@example.org", PASSWORD), sign_in(town, "ada@example.org", OTHER)) == (403, 303)
    town.send()
    assert town.sink.mails[-1].message["subject"].endswith("was changed")


def test_who_was_disabled_gets_no_link(town: Town) -> None:
    town.sign_up("ada@example.org")
    ask(town, "/forgotten", "ada@example.org")
    town.send()
    path = town.link("forgotten")
    with town.database.work() as work:
        work.accounts.disable(work.accounts.all()[0].id, town.now)
    assert town.client.request("POST", path, data={"password": OTHER}).status_code == 404
    ask(town, "/forgotten", "ada@example.org")
    assert town.send() == 0


def test_nobody_takes_the_address_of_somebody_else_as_a_name(town: Town) -> None:
    town.sign_up("ada@example.org")
    eve = town.sign_up("eve@example.org", name="eve")
    assert eve.post("/account/name", {"name": "ada@example.org"}).status_code == 422
    assert eve.post("/account/name", {"name": "ADA@EXAMPLE.ORG"}).status_code == 422
    assert eve.post("/account/name", {"name": "Eve the reader"}).status_code == 303
    with town.database.work() as work:  # an operator may have made one; the proven address still leads to its owner
        work.accounts.add("bob@example.org", Role.OPERATOR, hashed(OTHER), town.now)
    town.sign_up("bob@example.org", name="bob")
    assert sign_in(town, "bob@example.org", PASSWORD) == 303


def test_a_password_is_changed_by_whoever_knows_it(town: Town) -> None:
    reader = town.sign_up("ada@example.org")
    assert reader.post("/account/password", {"password": OTHER, "new": OTHER}).status_code == 422
    assert reader.post("/account/password", {"password": PASSWORD, "new": "short"}).status_code == 422
    answer = reader.post("/account/password", {"password": PASSWORD, "new": OTHER})
    assert answer.status_code == 303
    assert reader.get("/account").status_code == 401, "the session from before is over"
    now = Reader(town, answer.headers["set-cookie"].partition(";")[0])
    assert "was changed" in now.get(answer.headers["location"]).text
    for _ in range(5):
        now.post("/account/password", {"password": PASSWORD, "new": OTHER})
    assert "Too many" in now.post("/account/password", {"password": OTHER, "new": PASSWORD}).text


def test_a_session_is_ended_by_its_owner_alone(town: Town) -> None:
    ada, eve = town.sign_up("ada@example.org"), town.sign_up("eve@example.org")
    signed = town.client.request("POST", "/sign-in", data={"name": "ada@example.org", "password": PASSWORD})
    second = Reader(town, signed.headers["set-cookie"].partition(";")[0])
    (key,) = re.findall(r'name="session" value="(\w+)"', ada.get("/account").text)
    eve.post("/account/sessions/end", {"session": key})
    assert second.get("/account").status_code == 200
    ada.post("/account/sessions/end", {"session": key})
    assert second.get("/account").status_code == 401
    assert ada.get("/account").status_code == 200


def test_a_second_address_is_proven_by_its_reader_who_is_signed_in(town: Town) -> None:
    ada, eve = town.sign_up("ada@example.org"), town.sign_up("eve@example.org")
    assert ada.post("/account/addresses", {"address": "ada@work.example", "password": OTHER}).status_code == 422
    assert ada.post("/account/addresses", {"address": "ada@work.example", "password": PASSWORD}).status_code == 303
    town.send()
    path = town.link("account/address")
    assert town.client.get(path).status_code == 401
    assert eve.get(path).status_code == eve.post(path).status_code == 404
    assert ada.get(path).status_code == 200
    assert "ada@work.example" not in ada.get("/account").text, "a GET proves nothing"
    assert ada.post(path).status_code == 303
    assert "ada@work.example" in ada.get("/account").text
    assert ada.post("/account/addresses/remove", {"address": "eve@example.org"}).status_code == 404
    assert ada.post("/account/addresses/remove", {"address": "ada@example.org"}).status_code == 303
    assert ada.post("/account/addresses/remove", {"address": "ada@work.example"}).status_code == 422


def test_what_is_sent_to_an_address_is_claimed_with_it_and_nothing_else(town: Town) -> None:
    with town.database.work() as work:
        mine = work.subscriptions.add("Ada", ChannelName.EMAIL, "ada@example.org", Filter(), None, town.now)
        hers = work.subscriptions.add("Eve", ChannelName.EMAIL, "eve@example.org", Filter(), None, town.now)
        hook = work.subscriptions.add("Ada", ChannelName.WEBHOOK, "https://a.example/", Filter(), "whsec_x", town.now)
    town.sign_up("ada@example.org")
    with town.database.work() as work:
        owner = work.subscriptions.get(mine.id).account_id
        assert owner is not None
        assert [work.subscriptions.get(one.id).account_id for one in (hers, hook)] == [None, None]
        later = work.subscriptions.add("Ada", ChannelName.EMAIL, "ada@example.org", Filter(), None, town.now)
        assert later.account_id == owner, "and so is what operators add for the address from then on"


def test_what_was_asked_for_and_not_taken_up_is_forgotten(town: Town) -> None:
    ask(town, "/sign-up", "nobody@example.org")
    town.send()
    later = town.later(days=4)
    prune(town.database, later, later, tokens_before=later)
    with town.database.view() as work:
        url = str(work._session.get_bind().engine.url)
    assert "nobody@example.org" not in str(contents(url))
