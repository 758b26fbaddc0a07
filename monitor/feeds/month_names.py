"""Month names in the languages that feeds are written in, as feeds spell them: whole or cut short.

Source: Unicode CLDR month names (wide and abbreviated, format and stand-alone). Diacritics and case are folded before
the look-up, so `März` and `marz` are one. Names that mean different months in two languages are left out of the list
unless the longer spelling tells them apart (Czech `listopadu` is November, Croatian `listopada` is October).
"""

from __future__ import annotations

import unicodedata

_NAMES = (
    # January … December; alternatives divided by blanks
    """
    january jan januar janner jan. janvier janv enero ene gennaio gen janeiro januari januar styczen stycznia sty
    leden ledna led ianuarie ian tammikuu tammikuuta tammi januara jaanuar janvaris ocak oca sijecnja sijecanj
    января янв январь январ січня січ січень ιανουαριου ιαν ιανουαριος januarie jannewaris
    """,
    """
    february feb februar feber fevrier fevr fev febrero febbraio fevereiro februari luty lutego lut unor unora uno
    februarie helmikuu helmikuuta helmi februara veebruar februaris subat sub veljace veljaca февраля фев февраль
    февруари февр лютого лют лютий φεβρουαριου φεβ φεβρουαριος februarie
    """,
    """
    march mar marz maerz mrz mars marzo marco maart mrt marzec marca marta brezen brezna bre martie maaliskuu
    maaliskuuta maalis marts marec marts mart ozujka ozujak марта мар март березня бер березень μαρτιου μαρ μαρτιος
    μαρτ marcius maart
    """,
    """
    april apr avril avr abril abr aprile kwiecien kwietnia kwi duben dubna dub aprilie huhtikuu huhtikuuta huhti
    aprila aprill aprilis nisan nis travnja апреля апр апрель април квітня квіт квітень απριλιου απρ απριλιος
    """,
    """may mai mayo maggio mag maio mei maj maja kveten kvetna kve toukokuu toukokuuta touko mayis svibnja svibanj мая
    май
    травня трав травень μαιου μαι μαιος majus maujus""",
    """
    june jun juni juin junio giugno giu junho czerwiec czerwca cze cerven cervna cvn iunie iun kesakuu kesakuuta
    kesa juna juuni junijs haziran haz lipnja июня июн июнь юни червня черв червень ιουνιου ιουν ιουνιος junius
    """,
    """
    july jul juli juillet juil julio luglio lug julho lipiec lipca cervenec cervence cvc iulie iul heinakuu
    heinakuuta heina jula juuli julijs temmuz tem srpnja июля июл июль юли липня лип липень ιουλιου ιουλ ιουλιος julius
    """,
    """
    august aug aout agosto ago augustus sierpien sierpnia sie srpen srpna elokuu elokuuta elo augusta augusti
    augusts agustos agu kolovoza kolovoz августа авг август серпня серп серпень αυγουστου αυγ αυγουστος agu agustus
    augusztus
    """,
    """
    september sep sept septembre septiembre setiembre set settembre setembro wrzesien wrzesnia wrz zari septembrie
    syyskuu syyskuuta syys septembra septembris eylul eyl rujna rujan сентября сен сент сентябрь септември септ
    вересня вер вересень σεπτεμβριου σεπ σεπτεμβριος σεπτ szeptember szept
    """,
    """
    october oct oktober okt octobre octubre ottobre ott outubro out pazdziernik pazdziernika paz rijen rijna rij
    octombrie lokakuu lokakuuta loka oktobra oktoober oktobris oktobar ekim eki listopada октября окт октябрь
    октомври жовтня жовт жовтень οκτωβριου οκτ οκτωβριος
    """,
    """
    november nov novembre noviembre novembro listopad listopadu lis noiembrie noi marraskuu marraskuuta marras
    novembra novembris novembar kasim kas studenoga studenog studeni ноября ноя ноябрь ноември нояб листопада лист
    листопад νοεμβριου νοε νοεμβριος νοεμ
    """,
    """
    december dec dezember dez decembre diciembre dic dicembre dezembro grudzien grudnia gru prosinec prosince pro
    decembrie joulukuu joulukuuta joulu decembra detsember decembris decembar aralik ara prosinca prosinac desember
    des декабря дек декабрь декември грудня груд грудень δεκεμβριου δεκ δεκεμβριος
    """,
)


def _folded(name: str) -> str:
    name = name.casefold().replace("ł", "l").replace("ı", "i").strip(".")
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


_MONTHS = {_folded(name): number for number, names in enumerate(_NAMES, 1) for name in names.split()}


def month_number(name: str) -> int | None:
    """1 to 12 for the name of a month, in whatever language, case and length; None for another word."""
    return _MONTHS.get(_folded(name))
