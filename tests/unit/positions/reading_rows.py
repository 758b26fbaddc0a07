"""Rows: text → the statements that are to be read in it, by group. The wording is invented.

A row names what is expected as "holder issue stance" or "holder issue stance < claimed_by"; no statement is expected
where the list is empty. Actors and issues are those of the seed pack and of the pack of the acceptance tests.
"""

from __future__ import annotations

S, O, C = "supports", "opposes", "conditional"  # noqa: E741
T, P, A, N, X, G, R, D = (
    "european-troops",
    "negotiated-peace",
    "military-aid",
    "ukraine-nato-membership",
    "sanctions-on-russia",
    "security-guarantees",
    "concessions-to-russia",
    "defence-spending",
)

ATTRIBUTION: list[tuple[str, list[str]]] = [
    ('"We will send peacekeepers to Ukraine," said Keir Starmer.', [f"keir-starmer {T} {S}"]),
    ('"We will send peacekeepers to Ukraine," Keir Starmer said.', [f"keir-starmer {T} {S}"]),
    ('Keir Starmer said: "We will send peacekeepers to Ukraine."', [f"keir-starmer {T} {S}"]),
    (
        '"We are ready," Mette Frederiksen told reporters, "to send peacekeepers to Ukraine."',
        [f"mette-frederiksen {T} {S}"],
    ),
    ("According to Petr Fiala, sending soldiers to Ukraine would be a mistake.", [f"petr-fiala {T} {O}"]),
    ("Alexander Stubb stressed that military aid to Ukraine must continue.", [f"alexander-stubb {A} {S}"]),
    ("Rome's refusal to send soldiers to Ukraine surprised nobody.", [f"italy {T} {O}"]),
    (
        "Giorgia Meloni was in Oslo. Her refusal to send soldiers to Ukraine surprised nobody.",
        [f"giorgia-meloni {T} {O}"],
    ),
    ("Hungary vetoed the sanctions on Russia.", [f"hungary {X} {O}"]),
    ("Belgium signed a deal to provide weapons to Ukraine.", [f"belgium {A} {S}"]),
    ("France and Germany called for a ceasefire in Ukraine.", [f"france {P} {S}", f"germany {P} {S}"]),
    ("The Kremlin rejected a ceasefire in Ukraine.", [f"russia {P} {O}"]),
    ("Downing Street backs Ukraine's accession to NATO.", [f"united-kingdom {N} {S}"]),
    (
        "Poland, Latvia and Estonia support Ukraine's accession to NATO.",
        [f"poland {N} {S}", f"latvia {N} {S}", f"estonia {N} {S}"],
    ),
    ("The French President backs a ceasefire in Ukraine.", [f"emmanuel-macron {P} {S}"]),
    ("The German Chancellor backs a ceasefire in Ukraine.", [f"olaf-scholz {P} {S}"]),
    ("Donald Tusk spoke in Gdansk. He ruled out sending soldiers to Ukraine.", [f"donald-tusk {T} {O}"]),
    ("Hungary against military aid to Ukraine", []),
    ("Kremlin rejects peacekeepers in Ukraine", [f"russia {T} {O}"]),
    ("Erdogan: Turkey ready to send peacekeepers to Ukraine", [f"recep-tayyip-erdogan {T} {S}"]),
    ("A ceasefire in Ukraine proposed by Turkey was on everybody's lips.", [f"turkey {P} {S}"]),
    ("Robert Fico boarded a train to Kyiv.", []),
]

HOLDER: list[tuple[str, list[str]]] = [
    ("According to Moscow, Emmanuel Macron backs sending troops to Ukraine.", [f"emmanuel-macron {T} {S} < russia"]),
    (
        "Dmitry Peskov said that Volodymyr Zelensky rejects a ceasefire.",
        [f"volodymyr-zelensky {P} {O} < dmitry-peskov"],
    ),
    ("Keir Starmer said that Britain would send peacekeepers to Ukraine.", [f"keir-starmer {T} {S}"]),
    ("Marco Rubio said that the United States supports a ceasefire in Ukraine.", [f"marco-rubio {P} {S}"]),
    ("Alexander Stubb said that Russia must accept a ceasefire in Ukraine.", [f"alexander-stubb {P} {S}"]),
    (
        "Viktor Orbán criticised the European Union's plan for new sanctions on Russia.",
        [f"viktor-orban {X} {O}", f"european-union {X} {S}"],
    ),
    ("Kaja Kallas welcomed Norway's offer of military aid to Ukraine.", [f"kaja-kallas {A} {S}", f"norway {A} {S}"]),
    ("Mark Rutte urged Europeans to increase defence spending.", [f"mark-rutte {D} {S}"]),
    ("Donald Trump, who met Emmanuel Macron, said he supports a ceasefire in Ukraine.", [f"donald-trump {P} {S}"]),
    ("Vladimir Putin told Donald Trump that he rejects peacekeepers in Ukraine.", [f"vladimir-putin {T} {O}"]),
    ("Critics said that Germany opposes military aid to Ukraine.", [f"germany {A} {O}"]),
    ("Robert Fico rejects calls to scrap sanctions on Russia.", [f"robert-fico {X} {S}"]),
    ("The ceasefire in Ukraine was discussed with Emmanuel Macron.", []),
    ("A spokesman for Turkey said that peacekeepers in Ukraine were unacceptable.", [f"turkey {T} {O}"]),
    ("The war in Ukraine overshadowed Keir Starmer's trip to Rome.", []),
    ("Ulrich Bounat thinks that France opposes a ceasefire in Ukraine.", [f"france {P} {O} < ulrich-bounat"]),
]

STANCE: list[tuple[str, list[str]]] = [
    ("Sweden opposes lifting sanctions on Russia.", [f"sweden {X} {S}"]),
    ("Hungary wants to lift sanctions on Russia.", [f"hungary {X} {O}"]),
    ("Slovakia refuses to halt military aid to Ukraine.", [f"slovakia {A} {S}"]),
    ("Slovakia halted military aid to Ukraine.", [f"slovakia {A} {O}"]),
    ("Emmanuel Macron did not rule out sending soldiers to Ukraine.", [f"emmanuel-macron {T} {C}"]),
    ("Spain is considering sending soldiers to Ukraine.", [f"spain {T} {C}"]),
    ("Norway is open to sending peacekeepers to Ukraine.", [f"norway {T} {C}"]),
    ("Finland will send soldiers to Ukraine only if a ceasefire holds.", [f"finland {T} {C}"]),
    ("Austria would support Ukraine's accession to NATO provided that Russia agrees.", [f"austria {N} {C}"]),
    ("Pedro Sánchez said that sending soldiers to Ukraine was premature.", [f"pedro-sanchez {T} {C}"]),
    ("Pete Hegseth said that NATO membership for Ukraine was off the table.", [f"pete-hegseth {N} {O}"]),
    ("Pete Hegseth said that NATO membership for Ukraine was not realistic.", [f"pete-hegseth {N} {O}"]),
    ("Ireland has no objection to peacekeepers in Ukraine.", [f"ireland {T} {S}"]),
    (
        "Although Italy backs military aid to Ukraine, Giorgia Meloni rejects sending soldiers there.",
        [f"italy {A} {S}", f"giorgia-meloni {T} {O}"],
    ),
    ("Petr Pavel never opposed military aid to Ukraine.", [f"petr-pavel {A} {S}"]),
    ("Should Germany send soldiers to Ukraine?", []),
    ("Kaja Kallas asked whether Germany would send soldiers to Ukraine.", []),
    ("If Germany sends soldiers to Ukraine, the mood will change.", []),
    ("Japan voiced doubts about sending peacekeepers to Ukraine.", [f"japan {T} {O}"]),
    ("Lithuania is ready to send soldiers to Ukraine.", [f"lithuania {T} {S}"]),
]

SUPERSEDED: list[tuple[str, list[str]]] = [
    (
        "Having long opposed peacekeepers in Ukraine, Giorgia Meloni now backs peacekeepers in Ukraine.",
        [f"giorgia-meloni {T} {S}"],
    ),
    ("Petr Fiala previously opposed military aid to Ukraine.", []),
    ("Robert Fico initially supported sanctions on Russia.", []),
    ("Belgium formerly rejected military aid to Ukraine.", []),
    ("Turkey used to oppose sanctions on Russia.", []),
    (
        "Dick Schoof, who previously opposed peacekeepers in Ukraine, now supports peacekeepers in Ukraine.",
        [f"dick-schoof {T} {S}"],
    ),
    ("Until recently, Germany opposed military aid to Ukraine.", []),
    ("Norway no longer opposes sending soldiers to Ukraine.", [f"norway {T} {S}"]),
    ("Hungary no longer supports sanctions on Russia.", [f"hungary {X} {O}"]),
    ("Canada had previously ruled out sending soldiers to Ukraine.", []),
    ("Portugal had long rejected military aid to Ukraine.", []),
    ("Greece at first backed sanctions on Russia.", []),
    ("Greece now backs sanctions on Russia.", [f"greece {X} {S}"]),
    ("Spain originally opposed a ceasefire in Ukraine.", []),
    ("Bulgaria in the past supported military aid to Ukraine.", []),
]

MULTI: list[tuple[str, list[str]]] = [
    (
        "France supports a ceasefire in Ukraine, while Hungary opposes military aid to Kyiv.",
        [f"france {P} {S}", f"hungary {A} {O}"],
    ),
    (
        "Poland backs military aid to Ukraine but rejects sending soldiers to Ukraine.",
        [f"poland {A} {S}", f"poland {T} {O}"],
    ),
    (
        "Sweden, Denmark and Norway back sanctions on Russia.",
        [f"sweden {X} {S}", f"denmark {X} {S}", f"norway {X} {S}"],
    ),
    (
        "Britain is ready to send soldiers to Ukraine; Italy ruled out sending soldiers to Ukraine.",
        [f"united-kingdom {T} {S}", f"italy {T} {O}"],
    ),
    (
        "Keir Starmer backs peacekeepers in Ukraine, but Donald Tusk ruled out sending soldiers.",
        [f"keir-starmer {T} {S}", f"donald-tusk {T} {O}"],
    ),
    ("The United Kingdom and France proposed a ceasefire in Ukraine.", [f"united-kingdom {P} {S}", f"france {P} {S}"]),
    (
        "Zelensky, like President Macron, wants peace in Ukraine.",
        [f"volodymyr-zelensky {P} {S}", f"emmanuel-macron {P} {S}"],
    ),
    ("Estonia supports NATO membership for Ukraine and sanctions on Russia.", [f"estonia {N} {S}", f"estonia {X} {S}"]),
    ("Germany supports, and Hungary opposes, military aid to Ukraine.", [f"hungary {A} {O}"]),
    (
        "Whereas Latvia supports sending soldiers to Ukraine, Bulgaria rejects the idea.",
        [f"latvia {T} {S}", f"bulgaria {T} {O}"],
    ),
    (
        "Kaja Kallas and Ursula von der Leyen reject concessions to Russia.",
        [f"kaja-kallas {R} {O}", f"ursula-von-der-leyen {R} {O}"],
    ),
    ("The idea of sending peacekeepers to Ukraine is in the air. Canada supports the idea.", [f"canada {T} {S}"]),
    ("Peacekeepers in Ukraine were the subject. Romania rejected the proposal.", [f"romania {T} {O}"]),
    ("Macron and Starmer met in Paris.", []),
    ("Italy, Spain and Greece have coasts.", []),
]

NONE: list[tuple[str, list[str]]] = [
    ("The war in Ukraine entered its fourth year.", []),
    ("Analysts expect Poland to send soldiers to Ukraine.", []),
    ("Poland is expected to send soldiers to Ukraine.", []),
    ("Observers say a ceasefire in Ukraine is near.", []),
    ("Some want peace in Ukraine at any price.", []),
    ("Germany reportedly opposes military aid to Ukraine.", []),
    ("Emmanuel Macron arrived in Kyiv after the ceasefire.", []),
    ("Keir Starmer attended a summit on peacekeepers in Ukraine.", []),
    ("Leaders discussed sanctions on Russia in Paris.", []),
    ("Sanctions on Russia were the topic in Rome.", []),
    ("Prices of gas rose during the talks on a ceasefire in Ukraine.", []),
    ("A Polish tourist praised military aid to Ukraine.", []),
    ("The Washington Post supports military aid to Ukraine.", []),
    ("The museum in Berlin shows letters of soldiers.", []),
    ("Finland is unlikely to send soldiers to Ukraine.", []),
    ("What will Italy do about the ceasefire in Ukraine?", []),
    ("Belarus appears to support a ceasefire in Ukraine.", []),
    ("City bike, 25 euros a day, Lyon. Sailing boat in Kyiv, 380 euros.", []),
    ("Experts oppose concessions to Russia.", []),
]

MIXED: list[tuple[str, list[str]]] = [
    ("Petr Pavel thanked Sweden and urged allies to send more weapons to Ukraine.", [f"petr-pavel {A} {S}"]),
    (
        "Robert Fico said that his government would not provide military aid to Ukraine and would veto NATO membership "
        "for Kyiv.",
        [f"robert-fico {A} {O}", f"robert-fico {N} {O}"],
    ),
    (
        "Sweden does not rule out sending peacekeepers to Ukraine, Prime Minister Ulf Kristersson told reporters.",
        [f"ulf-kristersson {T} {C}"],
    ),
    ("Moscow has repeatedly said it would not accept peacekeepers in Ukraine.", [f"russia {T} {O}"]),
    ("Sergey Lavrov described peacekeepers in Ukraine as unacceptable.", [f"sergey-lavrov {T} {O}"]),
    ("Dick Schoof said the Netherlands was open to discussing peacekeepers for Ukraine.", [f"dick-schoof {T} {C}"]),
    ("Alexander Stubb said Ukraine should be given security guarantees.", [f"alexander-stubb {G} {S}"]),
    ("Petr Fiala believes that it is too early to talk about sending troops to Ukraine.", [f"petr-fiala {T} {C}"]),
    ("Peter Dutton has rejected the idea of sending troops to Ukraine.", [f"peter-dutton {T} {O}"]),
    ("Bulgaria will not participate in a peacekeeping mission in Ukraine, the tourists heard.", [f"bulgaria {T} {O}"]),
    ("Belgium is ready to take part in peacekeeping in Ukraine if the Americans join.", [f"belgium {T} {C}"]),
    (
        "Emmanuel Macron is pushing for peacekeepers in Ukraine, but Giorgia Meloni has called the plan ineffective.",
        [f"emmanuel-macron {T} {S}", f"giorgia-meloni {T} {O}"],
    ),
    ("The Netherlands pledges a further two billion euros in military aid for Ukraine.", [f"netherlands {A} {S}"]),
    ("Germany's defence minister, Boris Pistorius, backs military aid to Ukraine.", [f"boris-pistorius {A} {S}"]),
    ("Leaders of France and Germany vowed to keep sanctions on Russia.", [f"france {X} {S}", f"germany {X} {S}"]),
    ("Antonio Tajani visited a school in Ukraine during the ceasefire.", []),
    ('"We are not at war and will send no soldiers to Ukraine," said Robert Fico.', [f"robert-fico {T} {O}"]),
]

WITHDRAWAL: list[tuple[str, list[str]]] = [
    ("Hungary dropped its opposition to sanctions on Russia.", [f"hungary {X} {O} withdrawn"]),
    ("Hungary has not dropped its opposition to sanctions on Russia.", [f"hungary {X} {O}"]),
    ("Robert Fico withdrew his support for military aid to Ukraine.", [f"robert-fico {A} {S} withdrawn"]),
    ("Viktor Orban lifted his veto on sanctions on Russia.", [f"viktor-orban {X} {O} withdrawn"]),
    ("Italy abandoned its objection to Ukraine's accession to NATO.", [f"italy {N} {O} withdrawn"]),
    ("Spain took back its pledge to send soldiers to Ukraine.", [f"spain {T} {S} withdrawn"]),
    (
        "Petr Fiala opposed military aid to Ukraine. On Monday he dropped his opposition.",
        [f"petr-fiala {A} {O}", f"petr-fiala {A} {O} withdrawn"],
    ),
    ("Turkey will drop its objection to Ukraine's accession to NATO if its conditions are met.", [f"turkey {N} {C}"]),
    ("Analysts say Hungary dropped its opposition to sanctions on Russia.", []),
    ("Having long opposed military aid to Ukraine, Robert Fico now supports it.", [f"robert-fico {A} {S}"]),
    (
        "Dick Schoof, who had opposed sanctions on Russia, now backs sanctions on Russia.",
        [f"dick-schoof {X} {S}"],
    ),
    ("Until last year, Finland rejected sending weapons to Ukraine.", []),
    ("Until recently Berlin opposed sending weapons to Ukraine.", []),
    ("Poland previously supported sending troops to Ukraine.", []),
    ("Donald Tusk had called for a ceasefire in Ukraine in the spring.", []),
    (
        "Once opposed to military aid to Ukraine, Andrej Babis now supports military aid to Ukraine.",
        [f"andrej-babis {A} {S}"],
    ),
]

GROUPS = {
    "attribution": ATTRIBUTION,
    "holder": HOLDER,
    "stance": STANCE,
    "superseded": SUPERSEDED,
    "multi": MULTI,
    "none": NONE,
    "mixed": MIXED,
    "withdrawal": WITHDRAWAL,
}
