# ruff: noqa: E501 - texts are wrapped as they read
"""Invented news texts with the story that each tells; the names are real offices, the wording is ours.

`story` is who wrote it down: copies and edits of one reporter's text share it. Two reporters at one event have two
stories, even where they write down the same quotation.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WireText:
    id: str
    story: str
    title: str
    text: str


TEXTS = (
    # One agency report and what desks make of it
    WireText(
        "frederiksen-agency",
        "frederiksen-a",
        "Denmark ready to weigh peacekeepers for Ukraine, Frederiksen says",
        """Denmark would look with an open mind at any request to take part in a peacekeeping force for Ukraine, Prime
Minister Mette Frederiksen told lawmakers on Monday, while cautioning that it was far too early to speak of numbers.
"There are many things that have to be clarified before we get there," she said in a heated exchange with the opposition.
Her remarks went further than those of her defence minister, who last week brushed aside questions about Danish soldiers.
The Nordic country of six million people has been among the most generous donors to Kyiv measured against the size of its
economy, handing over its entire fleet of ageing fighter jets.
Opposition parties on the left demanded that parliament be consulted before any promise is made to allies.
A survey published by a Copenhagen newspaper on Sunday put support for such a mission at slightly more than half.""",
    ),
    WireText(
        "frederiksen-shuffled",
        "frederiksen-a",
        "Frederiksen open to peace force",
        """The Nordic country of six million people has been among the most generous donors to Kyiv measured against the size
of its economy, handing over its entire fleet of ageing fighter jets.
Denmark would look with an open mind at any request to take part in a peacekeeping force, Prime Minister Mette Frederiksen
told lawmakers Monday, while cautioning it was far too early to speak of numbers.
A survey published by a Copenhagen daily on Sunday put support for such a mission at slightly more than half.
“There are many things that have to be clarified before we get there,” Frederiksen said.
Opposition parties on the left demanded that parliament be consulted before any promise is made to allies.""",
    ),
    WireText(
        "frederiksen-cut",
        "frederiksen-a",
        "Danish PM does not rule out troops",
        """Denmark would look with an open mind at any request to take part in a peacekeeping force for Ukraine, Prime
Minister Mette Frederiksen told lawmakers on Monday, while cautioning that it was far too early to speak of numbers.""",
    ),
    WireText(
        "frederiksen-padded",
        "frederiksen-a",
        "Copenhagen weighs role in Ukraine force",
        """Copenhagen's hopes and fears about the war were on full display this week, our correspondent writes.
Denmark would look with an open mind at a request to take part in a peacekeeping force for Ukraine, Prime Minister Mette
Frederiksen told lawmakers, cautioning that it was far too early to speak of numbers.
"There are many things that have to be clarified before we get there," she said in a heated exchange.
Her remarks went further than those of her defence minister, who last week brushed aside questions about Danish soldiers.
Opposition parties demanded that parliament be consulted before any promise is made to allies.
In other news, the harbour ferries will run late on Saturday because of the marathon, and the zoo has named its giraffe.""",
    ),
    # A second reporter in the same chamber
    WireText(
        "frederiksen-other",
        "frederiksen-b",
        "Frederiksen leaves door ajar for Danish boots in Ukraine",
        """Mette Frederiksen has left the door ajar. Pressed three times by Pelle Dragsted during question hour in the
Folketing, the prime minister would not exclude that Danes one day help to guard a truce in Ukraine.
"There are many things that have to be clarified before we get there," was as far as she would go.
Dragsted accused her of signing blank cheques behind closed doors in London and Paris.
The Social Democrat leader has spent more on arms for Kyiv than on day care, her critics joke; polls suggest that voters
forgive her. Within her own coalition the Moderates have urged patience until Washington says what it would pay for.""",
    ),
    # Short ledes, as feeds carry them
    WireText(
        "meloni-lede-1",
        "meloni-a",
        "Meloni rules out Italian soldiers on the ground",
        "Italian Prime Minister Giorgia Meloni on Tuesday ruled out sending Italian troops to Ukraine, saying Rome preferred"
        " a guarantee modelled on the mutual defence clause of the Atlantic alliance.",
    ),
    WireText(
        "meloni-lede-1-edited",
        "meloni-a",
        "Rome rules out sending soldiers",
        "Italy's Prime Minister Giorgia Meloni ruled out sending Italian troops to Ukraine on Tuesday, saying Rome preferred a"
        " guarantee modelled on the mutual defence clause of the Atlantic alliance. Read more",
    ),
    WireText(
        "meloni-lede-2",
        "meloni-b",
        "Italy says no to troops for Ukraine",
        "Italian Prime Minister Giorgia Meloni said on Tuesday that she opposes sending European troops to Ukraine and doubts"
        " that such a mission would bring peace any closer.",
    ),
    WireText(
        "meloni-lede-3",
        "meloni-c",
        "Meloni sceptical on peace force",
        "Prime Minister Giorgia Meloni of Italy told senators on Tuesday that no Italian troops will go to Ukraine, a day after"
        " France and Britain set out plans for a force of several thousand.",
    ),
    WireText(
        "meloni-lede-4",
        "meloni-d",
        "No Italian soldiers, Meloni repeats",
        "Giorgia Meloni, the Italian prime minister, repeated on Tuesday that sending troops to Ukraine is out of the question"
        " for her government, which faces a vote of confidence next week.",
    ),
    # The same actors a day later: another story in the same words of trade
    WireText(
        "meloni-next-day",
        "meloni-e",
        "Meloni meets Zelensky in Rome",
        "Italian Prime Minister Giorgia Meloni on Wednesday received the Ukrainian President Volodymyr Zelensky in Rome,"
        " promising help with power stations and field hospitals before the winter.",
    ),
    # All quotation: what is left is the frame
    WireText(
        "starmer-quotes-1",
        "starmer-a",
        "Starmer: ready to put troops on the ground",
        """Keir Starmer wrote in Monday's paper: “I do not say that lightly. I feel very deeply the responsibility that comes
with potentially putting British servicemen and women in harm's way. But any role in helping to guarantee security is
helping to guarantee the security of our continent, and the security of this country.” Number 10 declined to elaborate.""",
    ),
    WireText(
        "starmer-quotes-2",
        "starmer-b",
        "British forces could be sent, prime minister writes",
        """In a newspaper column that took even his cabinet by surprise the prime minister promised more than money. “I do not
say that lightly. I feel very deeply the responsibility that comes with potentially putting British servicemen and women in
harm's way. But any role in helping to guarantee security is helping to guarantee the security of our continent, and the
security of this country.” Conservatives asked where the battalions should come from.""",
    ),
    # German: an agency text and its copy; a second author
    WireText(
        "scholz-dpa",
        "scholz-a",
        "Scholz nennt Debatte über Bodentruppen verfrüht",
        """Bundeskanzler Olaf Scholz hat die Debatte über deutsche Soldaten in der Ukraine als völlig verfrüht bezeichnet. Es
sei unpassend, über die Köpfe der Betroffenen hinweg über das Ergebnis von Gesprächen zu reden, die noch gar nicht begonnen
hätten, sagte der SPD-Politiker am Montagabend nach einem Treffen in Paris.
Er zeigte sich verärgert darüber, dass einzelne Teilnehmer bereits Truppenstärken genannt hatten. Die Nato müsse bei allen
Überlegungen einbezogen bleiben, eine Teilung der Verantwortung zwischen Europa und den USA dürfe es nicht geben.""",
    ),
    WireText(
        "scholz-dpa-copy",
        "scholz-a",
        "Kanzler: Diskussion kommt zur Unzeit",
        """Paris - Olaf Scholz hat die Debatte über deutsche Soldaten in der Ukraine als verfrüht bezeichnet. Der Kanzler zeigte
sich verärgert darüber, dass einzelne Teilnehmer bereits Truppenstärken genannt hatten.
Es sei unpassend, über die Köpfe der Betroffenen hinweg über das Ergebnis von Gesprächen zu reden, die noch gar nicht
begonnen hätten, sagte er am Montagabend nach einem Treffen in Paris.""",
    ),
    WireText(
        "scholz-other",
        "scholz-b",
        "Der Kanzler und die Truppenfrage",
        """Als Olaf Scholz am Montagabend vor die Kameras im Hof der Botschaft trat, war ihm der Ärger anzusehen. Über Soldaten
will er jetzt nicht reden, nicht vor der Wahl und nicht über die Köpfe der Ukrainer hinweg. Wer schon Zahlen verbreite,
erschwere die Arbeit derer, die im Stillen verhandelten, hieß es in seiner Delegation.""",
    ),
    # Standing phrases and boilerplate must not hold two stories together
    WireText(
        "live-1",
        "live-a",
        "War in Ukraine: what happened on Monday",
        """Here is what you need to know about the war in Ukraine this Monday. A drone set fire to an oil depot near Engels.
Poland closed one more crossing to lorries. The European Commission proposed a loan backed by frozen assets.
Sign up to our newsletter to get the latest on the war every morning.""",
    ),
    WireText(
        "live-2",
        "live-b",
        "War in Ukraine: what happened on Tuesday",
        """Here is what you need to know about the war in Ukraine this Tuesday. Negotiators met in Jeddah for nine hours.
Odesa lost power after a strike on a substation. Slovakia threatened to veto the next package of sanctions.
Sign up to our newsletter to get the latest on the war every morning.""",
    ),
)
