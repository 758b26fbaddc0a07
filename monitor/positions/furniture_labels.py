"""The labels under which sites put what is not the article, in the languages of their pages.

`BEFORE` stands at the head of the line that it labels ("Read also: …"), `LISTS` on a line of its own above other
articles, `OFFERS` above or below advertisements, `NOTICES` begin what a site says of itself. They are the common words
of page templates; a wording that a reporter would use in a sentence does not belong here.
"""

from __future__ import annotations

import re

_BEFORE = """
    read also|also read|read more|read next|read the full story|see also|watch also|watch live|watch|listen|related
    related article|related story|more on this|more on this story|don't miss|further reading|recommended|opinion piece
    lesen sie auch|lesen sie dazu|lesen sie mehr|mehr zum thema|mehr dazu|auch interessant|siehe auch|zum thema
    weiterlesen|lire aussi|à lire aussi|a lire aussi|à lire|lire également|voir aussi|sur le même sujet
    pour aller plus loin|lea también|lee también|leer más|ver también|te puede interesar
    también te puede interesar|más información
    leggi anche|vedi anche|per approfondire|potrebbe interessarti|leia também|leia mais|veja também|saiba mais
    lees ook|lees meer|bekijk ook|läs också|läs även|läs mer|læs også|les også|czytaj też|czytaj także|zobacz też
    zobacz także|přečtěte si také|čtěte také|čítajte aj|citește și|vezi și|читайте также|смотрите также|подробнее
    читайте також|дивіться також|прочитайте също|διαβάστε επίσης|devamını oku|ayrıca bakınız
"""
_LISTS = """
    related articles|related stories|related news|related content|related topics|more from|more news|more stories
    more on this story|more on this topic|most read|most popular|most viewed|trending|trending now|top stories
    recommended|recommended for you|recommended stories|you may also like|you might also like|editor's picks
    editors' picks|from our partners|from the web|around the web|share this|share this article|share this story
    follow us|topics|tags|comments|leave a comment|latest news|latest|read next|up next|keep reading|mehr zum thema
    das könnte sie auch interessieren|meistgelesen|meistgelesene artikel|auch interessant|weitere artikel
    verwandte artikel|teilen|kommentare|schlagworte|sur le même sujet|à lire aussi|articles liés|les plus lus
    partager|commentaires|noticias relacionadas|más leídas|lo más leído|te puede interesar|compartir|comentarios
    articoli correlati|i più letti|condividi|commenti|notícias relacionadas|mais lidas|compartilhe|comentários
    gerelateerde artikelen|meest gelezen|mest lästa|najczęściej czytane|читайте также|самое читаемое|похожие новости
    читайте також|схожі новини
"""
_OFFERS = """
    sponsored|sponsored content|sponsored links|advertisement|advertisements|advertising|promoted|promoted content
    paid content|paid post|classifieds|classified ads|anzeige|anzeigen|werbung|publicité|annonces|petites annonces
    contenu sponsorisé|publicidad|anuncios|pubblicità|annunci|publicidade|anúncios|advertentie|annons|annonse
    annonce|reklama|reklam|реклама
"""
_NOTICES = """
    subscribe to our|subscribe now|sign up for our|sign up to our|sign up now|get our newsletter|join our newsletter
    this website uses cookies|this site uses cookies|we use cookies|all rights reserved|© |copyright ©|\\(c\\) 20
    follow us on|like us on|share on facebook|share on twitter|click here to|the post .{1,200}appeared first on
    abonnieren sie unseren|jetzt abonnieren|alle rechte vorbehalten|wir verwenden cookies|folgen sie uns auf
    abonnez-vous|inscrivez-vous à notre|tous droits réservés|suscríbete|todos los derechos reservados|iscriviti alla
    tutti i diritti riservati|assine a nossa|todos os direitos reservados|abonneer u|подписывайтесь|все права защищены
    підписуйтесь|усі права захищені
"""


def _either(labels: str, *, escape: bool = True) -> str:
    parts = sorted((part.strip() for part in re.split(r"[|\n]", labels) if part.strip()), key=len, reverse=True)
    return "|".join(re.escape(part).replace(r"\ ", r"\s+") if escape else part for part in parts)


_BULLET = r"[\s>»▶►→•*#\[(+|-]*"
BEFORE = re.compile(rf"{_BULLET}(?:{_either(_BEFORE)})\s*[:：|>»→▶►]\s*\S", re.IGNORECASE)
LISTS = re.compile(rf"{_BULLET}(?:{_either(_LISTS)})[\s\])*:：»>▼…]*", re.IGNORECASE)
OFFERS = re.compile(rf"{_BULLET}(?:{_either(_OFFERS)})[\s\])*:：»>▼…]*", re.IGNORECASE)
NOTICES = re.compile(rf"{_BULLET}(?:{_either(_NOTICES, escape=False)})", re.IGNORECASE)
