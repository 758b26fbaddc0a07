"""Every route asked as nobody, as a subscriber and as an operator; sessions, forms, invitations and guessing."""

from __future__ import annotations

import re
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.routing import compile_path

from monitor.model.account import Account, Role
from monitor.setting_pages import Readers
from monitor.settings import Settings
from monitor.web import rights as rights_module
from monitor.web.app import create_app
from monitor.web.passwords import hashed, is_right, problem_with
from monitor.web.rights import RIGHTS, Right, right_of
from storage.engine import Database
from storage.errors import AccountExists
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW
from tests.integration.web.test_security import routes_of

PASSWORD = "a few words in a row"
HTML = {"accept": "text/html"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def account(database: Database, name: str, role: Role) -> Account:
    with database.work() as work:
        return work.accounts.add(name, role, _HASH, NOW)


_HASH = hashed(PASSWORD)


def session(database: Database, who: Account) -> dict[str, str]:
    with database.work() as work:
        return {"cookie": f"volteface={work.accounts.sign_in(who.id, NOW, NOW + timedelta(days=1))}"}


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    data = {"name": name, "password": password, "next": "/account", **more}
    return client.request("POST", "/sign-in", data=data)


def cookie_of(response: httpx.Response) -> dict[str, str]:
    (crumb,) = SimpleCookie(response.headers["set-cookie"]).values()
    return {"cookie": f"{crumb.key}={crumb.value}"}


def test_every_route_stands_in_the_table(app: FastAPI) -> None:
    patterns = [compile_path(path)[0] for path in RIGHTS]
    for route in routes_of(app):
        if not getattr(route, "methods", None):  # a mount
            assert right_of(f"{route.path}/x.css") is Right.ANYBODY
            continue
        asked = re.sub(r"{[^}]*}", "x", route.path)
        assert any(pattern.match(asked) for pattern in patterns), route.path


def test_what_is_not_in_the_table_is_not_there_whatever_the_routes(
    app: FastAPI, client: Client, database: Database
) -> None:
    assert right_of("/undeclared") is None

    @app.get("/undeclared")
    def undeclared() -> str:
        return "nobody declared this"

    operator = session(database, account(database, "ops", Role.OPERATOR))
    assert client.get("/undeclared", headers=operator).status_code == 404


def test_each_route_answers_those_who_may_and_turns_others_away(database: Database, client: Client) -> None:
    subscriber = session(database, account(database, "ada", Role.SUBSCRIBER))
    operator = session(database, account(database, "ops", Role.OPERATOR))
    wrong = {}
    for path in RIGHTS.keys() - {"/events"}:  # which never ends
        asked, right = re.sub(r"{[^}]*}", "1", path), RIGHTS[path]
        answers = [client.get(asked, headers=who).status_code for who in ({}, subscriber, operator)]
        refused = [status in (401, 403) for status in answers]
        # A route behind a token refuses by itself, in its own way, whoever asks.
        expected = {
            Right.ANYBODY: [False, False, False],
            Right.TOKEN: refused,
            Right.READER: [False, False, False],
            Right.SIGNED_IN: [True, False, False],
            Right.OPERATOR: [True, True, False],
        }
        if refused != expected[right]:
            wrong[path] = answers
    assert wrong == {}


def test_who_is_not_signed_in_is_sent_there_and_back(client: Client, database: Database) -> None:
    answer = client.get("/account?x=1", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/account%3Fx%3D1")
    account(database, "ada", Role.OPERATOR)
    signed = sign_in(client, "Ada")  # however it is cased
    assert (signed.status_code, signed.headers["location"]) == (303, "/account")
    page = client.get("/account", headers=cookie_of(signed))
    assert "signed in as an operator" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: Client, database: Database) -> None:
    account(database, "ada", Role.SUBSCRIBER)
    cookie = sign_in(client, "ada").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie  # over plain http nobody would get it back


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example", "evil"])
def test_nobody_is_sent_elsewhere_after_signing_in(client: Client, database: Database, back: str) -> None:
    account(database, "ada", Role.SUBSCRIBER)
    assert sign_in(client, "ada", next=back).headers["location"] == "/"


def test_a_wrong_name_and_a_wrong_password_look_the_same_and_soon_have_to_wait(
    client: Client, database: Database
) -> None:
    account(database, "ada", Role.SUBSCRIBER)
    wrong, unknown = sign_in(client, "ada", "no such word here"), sign_in(client, "bob", "no such word here")
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text.replace("ada", "bob") == unknown.text
    for _ in range(4):
        sign_in(client, "ada", "no such word here")
    assert sign_in(client, "ada").status_code == 429  # even by the right one


def test_a_form_from_another_page_signs_nobody_in(client: Client, database: Database) -> None:
    account(database, "ada", Role.SUBSCRIBER)
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = client.request("POST", "/sign-in", data={"name": "ada", "password": PASSWORD}, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


def test_signing_out_takes_the_forms_own_token_and_ends_the_session(client: Client, database: Database) -> None:
    account(database, "ada", Role.SUBSCRIBER)
    mine, other = cookie_of(sign_in(client, "ada")), cookie_of(sign_in(client, "ada"))
    assert client.request("POST", "/sign-out", headers={**mine, **FORM}, content=b"").status_code == 403
    assert client.request("POST", "/sign-out", headers={**mine, **FORM}, content=b"csrf=wrong").status_code == 403
    csrf = re.findall(r'name="csrf" value="([0-9a-f]+)"', client.get("/account", headers=mine).text)[0]
    assert client.request("POST", "/sign-out", headers={**other, **FORM}, content=f"csrf={csrf}").status_code == 403
    assert client.request("POST", "/sign-out", headers={**mine, **FORM}, content=f"csrf={csrf}").status_code == 303
    assert client.get("/account", headers=mine).status_code == 401
    assert client.get("/account", headers=other).status_code == 200


def test_who_was_disabled_is_signed_out_and_stays_out(client: Client, database: Database) -> None:
    who = account(database, "ada", Role.OPERATOR)
    cookie = cookie_of(sign_in(client, "ada"))
    with database.work() as work:
        work.accounts.disable(who.id, NOW)
    assert client.get("/account", headers=cookie).status_code == 401
    assert sign_in(client, "ada").status_code == 403


def test_a_session_ends(database: Database, settings: Settings) -> None:
    cookie = session(database, account(database, "ada", Role.SUBSCRIBER))
    later = Client(create_app(database, settings, clock=lambda: NOW + timedelta(days=2)))
    assert later.get("/account", headers=cookie).status_code == 401


def test_an_invitation_makes_one_operator_and_no_second_one(client: Client, database: Database) -> None:
    with database.work() as work:
        token = work.accounts.invite(Role.OPERATOR, None, NOW, NOW + timedelta(days=1))
    assert "operator of this service" in client.get(f"/invitation/{token}").text
    short = client.request("POST", f"/invitation/{token}", data={"name": "ada", "password": "short"})
    assert short.status_code == 422
    assert "at least 12" in short.text
    made = client.request("POST", f"/invitation/{token}", data={"name": "ada", "password": PASSWORD})
    assert made.status_code == 303
    assert "an operator" in client.get("/account", headers=cookie_of(made)).text
    again = client.request("POST", f"/invitation/{token}", data={"name": "eve", "password": PASSWORD})
    assert again.status_code == 404
    with database.view() as work:
        assert [a.name for a in work.accounts.all()] == ["ada"]


def test_a_link_gives_an_account_a_new_password_and_ends_its_sessions(client: Client, database: Database) -> None:
    who = account(database, "ada", Role.SUBSCRIBER)
    old = cookie_of(sign_in(client, "ada"))
    with database.work() as work:
        stale = work.accounts.invite(who.role, who.id, NOW, NOW + timedelta(days=1))
        token = work.accounts.invite(who.role, who.id, NOW, NOW + timedelta(days=1))
    assert client.get(f"/invitation/{stale}").status_code == 404  # the newer one took its place
    client.request("POST", f"/invitation/{token}", data={"password": "quite another few words"})
    assert client.get("/account", headers=old).status_code == 401
    assert sign_in(client, "ada").status_code == 403
    assert sign_in(client, "ada", "quite another few words").status_code == 303


def test_a_taken_name_leaves_the_invitation_usable(client: Client, database: Database) -> None:
    account(database, "ada", Role.SUBSCRIBER)
    with database.work() as work:
        token = work.accounts.invite(Role.OPERATOR, None, NOW, NOW + timedelta(days=1))
        with pytest.raises(AccountExists):
            work.accounts.add("ADA", Role.OPERATOR, None, NOW)
    taken = client.request("POST", f"/invitation/{token}", data={"name": "Ada", "password": PASSWORD})
    assert taken.status_code == 422
    made = client.request("POST", f"/invitation/{token}", data={"name": "eve", "password": PASSWORD})
    assert made.status_code == 303


def test_passwords_are_checked_by_length_and_never_by_their_signs() -> None:
    assert problem_with(PASSWORD, "ada") is None
    assert problem_with("aaaaaaaaaaaaaaa", "ada")
    assert problem_with("ada lovelace 1815", "Ada")
    assert is_right(_HASH, PASSWORD)
    assert not is_right(_HASH, PASSWORD + "x")
    assert not is_right(None, PASSWORD)


def test_where_only_those_signed_in_may_read_nobody_else_does(database: Database, tmp_path: Path) -> None:
    closed = Settings(data_dir=tmp_path, readers=Readers.SIGNED_IN, _env_file=None)
    client = Client(create_app(database, closed, clock=lambda: NOW))
    subscriber = session(database, account(database, "ada", Role.SUBSCRIBER))
    for path in ("/", "/changes", "/items", "/api/changes", "/changes.atom"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers=subscriber).status_code == 200
    assert client.get("/", headers=HTML).headers["location"] == "/sign-in?next=/"
    for path in ("/healthz", "/sign-in", "/static/volteface.css"):
        assert client.get(path).status_code == 200


def test_pages_say_who_is_signed_in_and_no_cache_gives_them_to_others(client: Client, database: Database) -> None:
    operator = session(database, account(database, "ops", Role.OPERATOR))
    subscriber = session(database, account(database, "ada", Role.SUBSCRIBER))
    nobody, ada, ops = (client.get("/changes", headers=who) for who in ({}, subscriber, operator))
    assert 'href="/sign-in"' in nobody.text
    assert 'href="/account"' not in nobody.text
    assert "ada</a>" in ada.text
    assert 'href="/desk"' not in ada.text
    assert 'href="/desk"' in ops.text
    for answer in (nobody, ada, ops):
        assert answer.headers["vary"] == "Cookie"
    assert nobody.headers["cache-control"] == "no-cache"
    assert ada.headers["cache-control"] == ops.headers["cache-control"] == "private, no-cache"


def test_files_that_are_the_same_for_all_look_no_session_up(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = session(database, account(database, "ada", Role.OPERATOR))
    asked: list[str] = []
    original = rights_module.visitor_of

    def watched(request: Request, *more: object) -> object:
        asked.append(request.url.path)
        return original(request, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(rights_module, "visitor_of", watched)
    assert client.get("/static/volteface.css", headers=cookie).status_code == 200
    assert client.get("/static/nothing.css", headers=cookie).status_code == 404
    assert client.get("/desk/accounts", headers=cookie).status_code == 200
    assert asked == ["/desk/accounts"]
