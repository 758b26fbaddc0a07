"""Sentences in the manner of news agencies, labelled before it was looked at what is read in them. Invented wording.

A row is a text and what is to be read in it, as "holder issue stance" or "holder issue stance < claimed_by";
"withdrawn" is added where the stance is taken back. They are not rows that must hold each: their precision and recall
have floors. Where a person speaks of the own state, the person is whoever holds it, as in all other rows (six labels
of the first set had both at first). Measured before anything was put right for them: first set precision 37/52, recall
37/61; second set 20/27 and 20/31.
"""

from __future__ import annotations

from tests.unit.positions.reading_rows import A, C, D, G, N, O, P, R, S, T, X

MEET, TALKS, ICC, INT, US = (
    "trump-putin-meeting",
    "us-russia-talks",
    "icc-warrant",
    "territorial-integrity",
    "us-commitment-to-europe",
)

AGENCY: dict[str, list[tuple[str, list[str]]]] = {
    "headline": [
        ("Italy won't send troops to Ukraine, Meloni says", [f"giorgia-meloni {T} {O}"]),
        ("Starmer pledges British boots on the ground in Ukraine", [f"keir-starmer {T} {S}"]),
        ("Orban threatens to veto new EU sanctions on Russia", [f"viktor-orban {X} {O}"]),
        ("Trump halts military aid to Ukraine", [f"donald-trump {A} {O}"]),
        ("Fico: Slovakia will not provide military aid to Ukraine", [f"robert-fico {A} {O}"]),
        ("Putin open to ceasefire in Ukraine, but with conditions", [f"vladimir-putin {P} {C}"]),
        ("Zelensky rules out ceding land to Russia", [f"volodymyr-zelensky {R} {O}"]),
        ("France urges EU to step up sanctions on Russia", [f"france {X} {S}"]),
        ("Merz vows to raise German defence spending", [f"friedrich-merz {D} {S}"]),
        ("Poland says no to sending soldiers to Ukraine", [f"poland {T} {O}"]),
        ("Explainer: What would a ceasefire in Ukraine look like?", []),
        ("Live: EU leaders meet in Brussels to discuss military aid to Ukraine", []),
        (
            "Macron, Starmer to push Trump on security guarantees for Ukraine",
            [f"emmanuel-macron {G} {S}", f"keir-starmer {G} {S}"],
        ),
        ("Sanchez calls talk of European troops in Ukraine premature", [f"pedro-sanchez {T} {C}"]),
    ],
    "lead": [
        (
            "Denmark will donate a further 1.2 billion kroner of weapons to Ukraine, Defence Minister Troels Lund "
            "Poulsen announced on Tuesday.",
            [f"troels-lund-poulsen {A} {S}"],
        ),
        (
            "German Chancellor Olaf Scholz on Monday dismissed as inappropriate a debate about sending peacekeepers to "
            "Ukraine.",
            [f"olaf-scholz {T} {O}"],
        ),
        (
            "U.S. Defense Secretary Pete Hegseth said on Wednesday it was unrealistic for Ukraine to join NATO.",
            [f"pete-hegseth {N} {O}"],
        ),
        (
            "Turkish President Tayyip Erdogan has offered to host peace talks between Russia and Ukraine.",
            [f"recep-tayyip-erdogan {P} {S}"],
        ),
        (
            "The European Union on Monday adopted a sixteenth package of sanctions against Russia.",
            [f"european-union {X} {S}"],
        ),
        (
            "Prime Minister Viktor Orban told state radio on Friday that Hungary would not support Ukraine's accession "
            "to NATO.",
            [f"viktor-orban {N} {O}"],
        ),
        (
            "Finland is prepared to take part in security guarantees for Ukraine, President Alexander Stubb told "
            "broadcaster YLE.",
            [f"alexander-stubb {G} {S}"],
        ),
        (
            "British Prime Minister Keir Starmer announced plans on Tuesday to increase defence spending to 2.5 per "
            "cent of GDP, the highest in Europe's recent history.",
            [f"keir-starmer {D} {S}"],
        ),
        (
            "The White House has frozen all deliveries of weapons to Ukraine, two officials familiar with it said.",
            [f"united-states {A} {O}"],
        ),
        ("Estonia's Foreign Ministry summoned the Russian ambassador over sanctions-busting in the Baltic Sea.", []),
        (
            "Norwegian Prime Minister Jonas Gahr Stoere travelled to Kyiv and promised more military aid to Ukraine.",
            [f"jonas-gahr-store {A} {S}"],
        ),
        ("A senior Ukrainian official said talks about a ceasefire in Ukraine would resume next week.", []),
    ],
    "quote": [
        (
            '"There will be no Dutch boots on the ground in Ukraine," Prime Minister Dick Schoof told reporters in The '
            "Hague.",
            [f"dick-schoof {T} {O}"],
        ),
        (
            '"We have to keep up the pressure: sanctions on Russia must stay," Kaja Kallas said.',
            [f"kaja-kallas {X} {S}"],
        ),
        (
            '"We would never recognise a peace deal for Ukraine imposed from outside," said Andrii Sybiha.',
            [f"andrii-sybiha {P} {C}"],
        ),
        (
            'Lavrov told journalists in Riyadh: "NATO peacekeepers in Ukraine are absolutely unacceptable to us."',
            [f"sergey-lavrov {T} {O}"],
        ),
        (
            '"I want to end the war in Ukraine. I think he wants it too," Trump told reporters aboard Air Force One.',
            [f"donald-trump {P} {S}"],
        ),
        (
            '"If the Americans provide a backstop, we can talk about sending troops to Ukraine," Sweden\'s Ulf '
            "Kristersson said.",
            [f"ulf-kristersson {T} {C}"],
        ),
        (
            '"Nobody in Rome is thinking of sending soldiers to Ukraine," said Antonio Tajani, the foreign minister.',
            [f"antonio-tajani {T} {O}"],
        ),
        ('"It\'s time to lift the sanctions on Russia," Matteo Salvini wrote on X.', [f"matteo-salvini {X} {O}"]),
        (
            '"Ukraine\'s place is in NATO," Lithuanian President Gitanas Nauseda said. "We have always said so."',
            [f"gitanas-nauseda {N} {S}"],
        ),
        ('"Do we want peacekeepers in Ukraine? That is a question for later," said Bart De Wever.', []),
        (
            '"We need to spend more on defence, and quickly," Mark Rutte told the European Parliament.',
            [f"mark-rutte {D} {S}"],
        ),
        ('"I will meet with Putin, probably very soon," Trump said.', [f"donald-trump {MEET} {S}"]),
    ],
    "denial": [
        ("Kremlin spokesman Dmitry Peskov denied that Russia had agreed to a ceasefire in Ukraine.", []),
        ("Warsaw has no plans to send soldiers to Ukraine, Donald Tusk said on Wednesday.", [f"donald-tusk {T} {O}"]),
        ("Rome denied reports that it would send peacekeepers to Ukraine.", [f"italy {T} {O}"]),
        (
            "The Elysee rejected suggestions that France was considering easing sanctions on Russia.",
            [f"france {X} {S}"],
        ),
        ("Zelensky denied having agreed to make concessions to Russia.", []),
        ("Washington insists it has not stopped military aid to Ukraine.", [f"united-states {A} {S}"]),
        ("Nothing has been decided about sending troops to Ukraine, a French official said.", []),
        ("Berlin dismissed a report that it was against Ukraine joining NATO.", []),
    ],
    "condition": [
        (
            "Sweden could send peacekeepers to Ukraine once a ceasefire holds, its prime minister said.",
            [f"ulf-kristersson {T} {C}"],
        ),
        (
            "London would only deploy troops to Ukraine with a U.S. backstop, officials said.",
            [f"united-kingdom {T} {C}"],
        ),
        ("Madrid is not ruling out sending peacekeepers to Ukraine.", [f"spain {T} {C}"]),
        (
            "Putin said Russia was ready for peace talks with Ukraine provided Kyiv gave up its NATO bid.",
            [f"vladimir-putin {P} {C}"],
        ),
        (
            "Budapest will not agree to new sanctions on Russia unless Brussels exempts oil by pipeline.",
            [f"hungary {X} {C}"],
        ),
        ("Trump said he would consider lifting sanctions on Russia if a deal was reached.", [f"donald-trump {X} {C}"]),
        (
            "It is too early to decide on sending German soldiers to Ukraine, Boris Pistorius said.",
            [f"boris-pistorius {T} {C}"],
        ),
        (
            "Ankara will take part in a peacekeeping force in Ukraine if all parties ask it to, Hakan Fidan said.",
            [f"hakan-fidan {T} {C}"],
        ),
        (
            "Zelensky has said he would step down in exchange for NATO membership for Ukraine.",
            [f"volodymyr-zelensky {N} {S}"],
        ),
    ],
    "claim": [
        (
            "Trump claimed that Putin would accept European peacekeepers in Ukraine.",
            [f"vladimir-putin {T} {S} < donald-trump"],
        ),
        ("Zelensky accused Russia of rejecting a ceasefire.", [f"russia {P} {O} < volodymyr-zelensky"]),
        ("According to Steve Witkoff, Ukraine has agreed to a ceasefire.", [f"ukraine {P} {S} < steve-witkoff"]),
        ("Lavrov said the Europeans wanted to continue the war in Ukraine.", []),
        (
            "Macron said Trump shared his wish for security guarantees for Ukraine.",
            [f"emmanuel-macron {G} {S}", f"donald-trump {G} {S} < emmanuel-macron"],
        ),
        ("Orban said Trump wanted an immediate ceasefire in Ukraine.", [f"donald-trump {P} {S} < viktor-orban"]),
    ],
    "analyst": [
        ("Analysts say Putin has no interest in a ceasefire in Ukraine.", []),
        ("Moscow is likely to reject any peacekeepers in Ukraine, diplomats in Brussels believe.", []),
        ("Trump may be preparing to drop sanctions on Russia, according to a research note by a bank.", []),
        ("Observers doubt that Berlin will ever send soldiers to Ukraine.", []),
        ("What Macron really wants from sending troops to Ukraine is anyone's guess.", []),
        ("Some lawmakers in Washington want to cut military aid to Ukraine.", []),
        ("Sanctions on Russia have hit the rouble, the central bank of Finland said.", []),
    ],
    "superseded": [
        (
            "Having long opposed higher defence spending in Europe, Giorgia Meloni now backs it.",
            [f"giorgia-meloni {D} {S}"],
        ),
        (
            "Scholz, who had blocked sending weapons to Ukraine for months, has dropped his opposition.",
            [f"olaf-scholz {A} {O} withdrawn"],
        ),
        (
            "Trump, a long-time critic of military aid to Ukraine, said he would send more weapons to Kyiv.",
            [f"donald-trump {A} {S}"],
        ),
        ("Until last year, Finland opposed sending weapons to Ukraine.", []),
    ],
}

# Written after what the first set taught had been put right, again before it was looked at what is read in them.
SECOND: dict[str, list[tuple[str, list[str]]]] = {
    "headline": [
        ("Tusk: no Polish troops will go to Ukraine", [f"donald-tusk {T} {O}"]),
        ("Berlin, Paris back fresh EU sanctions on Russia", [f"germany {X} {S}", f"france {X} {S}"]),
        ("Kremlin calls European troops in Ukraine a threat", [f"russia {T} {O}"]),
        ("U.S. resumes military aid to Ukraine after week-long pause", [f"united-states {A} {S}"]),
        ("Slovakia's Fico blocks EU statement on military aid to Ukraine", [f"robert-fico {A} {O}"]),
        ("Why a ceasefire in Ukraine remains elusive", []),
        ("Rutte presses allies for higher defence spending in Europe", [f"mark-rutte {D} {S}"]),
    ],
    "lead": [
        (
            "The Netherlands will send 18 F-16 fighter jets to Ukraine, Prime Minister Dick Schoof said on Thursday.",
            [f"dick-schoof {A} {S}"],
        ),
        (
            "Hungary on Tuesday lifted its veto on the extension of EU sanctions against Russia.",
            [f"hungary {X} {O} withdrawn"],
        ),
        (
            "President Donald Trump said on Sunday he was not considering long-range missiles for Ukraine.",
            [f"donald-trump {A} {O}"],
        ),
        (
            "Russian Foreign Minister Sergei Lavrov on Saturday ruled out a ceasefire in Ukraine before a settlement.",
            [f"sergey-lavrov {P} {O}"],
        ),
        (
            "Italian Prime Minister Giorgia Meloni reiterated her opposition to sending Italian soldiers to Ukraine.",
            [f"giorgia-meloni {T} {O}"],
        ),
        (
            "France and Britain are drawing up plans for a European peacekeeping force in Ukraine, officials said.",
            [f"france {T} {S}", f"united-kingdom {T} {S}"],
        ),
        ("Ukraine's parliament passed a budget that gives the army more than ever.", []),
        (
            "Spanish Prime Minister Pedro Sanchez resisted calls from NATO to raise defence spending.",
            [f"pedro-sanchez {D} {O}"],
        ),
        ("Two people were killed in a strike hours after Moscow announced a ceasefire in Ukraine.", []),
    ],
    "quote": [
        (
            '"I don\'t see any need for sanctions on Russia at this moment," Trump told Fox News.',
            [f"donald-trump {X} {O}"],
        ),
        (
            '"Our answer is clear: Ukraine must become a member of NATO," Alexander Stubb said.',
            [f"alexander-stubb {N} {S}"],
        ),
        ('"Not one Slovak soldier will be sent to Ukraine," Fico said in a video.', [f"robert-fico {T} {O}"]),
        (
            'Macron said: "We cannot accept a peace deal for Ukraine that amounts to surrender."',
            [f"emmanuel-macron {P} {C}"],
        ),
        ('"A ceasefire in Ukraine is within reach," a Turkish diplomat said.', []),
        ('"Whoever wants peace in Ukraine must talk to Moscow," Viktor Orban said.', []),
        (
            '"It would be wrong to lift sanctions on Russia now," Annalena Baerbock told Deutschlandfunk.',
            [f"annalena-baerbock {X} {S}"],
        ),
        (
            '"We stand ready to play our part in security guarantees for Ukraine," Micheal Martin told the Dail.',
            [f"micheal-martin {G} {S}"],
        ),
    ],
    "condition": [
        (
            "Denmark is open to sending peacekeepers to Ukraine, Troels Lund Poulsen said.",
            [f"troels-lund-poulsen {T} {C}"],
        ),
        ("Warsaw would back the use of frozen Russian assets as long as the risks are shared.", [f"poland {X} {C}"]),
        ("Trump threatened sanctions on Russia unless a ceasefire was agreed within weeks.", [f"donald-trump {X} {C}"]),
        (
            "Australia will consider any request to join a peacekeeping force in Ukraine, Anthony Albanese said.",
            [f"anthony-albanese {T} {C}"],
        ),
        ("Kyiv is ready for a ceasefire if Russia accepts it too.", [f"ukraine {P} {C}"]),
    ],
    "claim": [
        ("Peskov said Washington had come to understand that Ukraine could not join NATO.", []),
        (
            "Rubio told senators that Moscow was willing to accept a ceasefire in Ukraine.",
            [f"russia {P} {S} < marco-rubio"],
        ),
        ("Sybiha accused Orban of blocking sanctions on Russia.", [f"viktor-orban {X} {O} < andrii-sybiha"]),
        ("Zelensky thanked Denmark for its decision to send weapons to Ukraine.", [f"denmark {A} {S}"]),
    ],
    "none": [
        ("Experts say Macron will not send troops to Ukraine without American support.", []),
        ("Traders expect the EU to extend sanctions on Russia, oil prices rose.", []),
        ("Would Starmer really send troops to Ukraine?", []),
        ("A poll found that most Germans oppose sending soldiers to Ukraine.", []),
        ("Meloni and Macron discussed a ceasefire in Ukraine by telephone.", []),
        ("Moscow denied having rejected a ceasefire in Ukraine.", []),
    ],
    "superseded": [
        (
            "Merz, who for years had ruled out cuts to welfare, now supports higher German defence spending.",
            [f"friedrich-merz {D} {S}"],
        ),
        ("Finland, which had opposed Ukraine's accession to NATO before 2022, now supports it.", [f"finland {N} {S}"]),
    ],
}
