"""Words that say nothing about what a text is about, in the languages of the default feeds; folded to plain letters."""

FUNCTION_WORDS = frozenset(
    word
    for words in (
        # English
        """
        a about after again against all also an and any are as at be because been before being but by can could did
        do does during for from had has have he her his how if in into is it its just may more most must no nor not
        of on or other our out over said say says she should so some such than that the their them then there these
        they this those to under until up was we were what when where which while who will with would you your
        """,
        # German
        """
        aber als am an auch auf aus bei bis da dann das dass dem den der des die dies diese doch durch ein eine
        einem einen einer eines er es fur gegen hat haben hatte ich ihr ihre im in ist ja kann kein mit muss nach
        nicht noch nun nur ob oder sagte sein seine sich sie sind so soll sowie uber um und uns unter vom von vor
        war waren was weil wenn werden wie wir wird wurde zu zum zur
        """,
        # French
        """
        a au aux avec ce ces cette comme dans de des du elle en est et il ils je la le les leur lui mais meme ne
        nous on ou par pas plus pour que qui sa se ses si son sont sur un une vous d l qu s n c
        """,
        # Italian, Spanish
        """
        ad al alla alle anche che chi come con da dal dalla degli dei del della delle di e ed gli ha hanno i io lo
        loro ma nei nel nella non o per piu quello questa questo se si sono su sul sulla tra un una uno como con
        cuando de del desde donde el ella en entre era es esta este ha han hasta hay la las lo los mas muy no o para
        pero por que se ser si sin sobre son su sus tambien un una y ya
        """,
        # Polish
        """
        a ale bardzo bez by byc byl byla bylo co czy dla do gdy go i ich ile im ja jak jako je jego jej jest juz
        kiedy ktora ktore ktory lub ma maja mi mnie moze na nad nie nim niz o od oraz po pod przed przez przy sa sie
        ta tak takze tam te tego tej ten to tu tym w we wiec z za ze zeby
        """,
        # Russian, Ukrainian
        """
        а без был была были было быть в во вот все для до его ее если есть еще же за и из или им их к как когда
        который которые ли мы на над не него нет но ну о об он она они от по под при с сказал со так также то только
        у уже что чтобы это я але він вона вони з за й із його її та те ти у це цього чи що щоб як який які є
        """,
    )
    for word in words.split()
)
