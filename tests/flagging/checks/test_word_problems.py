"""Clean word problems, made up here and written by hand: whatever form their numbers take, nothing is to be said."""

import pytest

from flagging.checks import PAIR_CHECKS, TEXT_CHECKS, SetStatistics, Text
from tests.flagging.checks.helpers import pair

# A set that writes its numbers in digits, in which a small number that is not there is missed.
STRICT = SetStatistics(numbers_kept=0.97)

CLEAN = [
    ("Aiko buys 2 apples and 3 pears.", "愛子はりんごを2つ、梨を3個買います。", "ja"),
    ("Half of the 40 children left. How many stayed?", "40人の子どもの半分が帰りました。何人残りましたか？", "ja"),
    ("A coat of $80 is 20% off. What does it cost?", "80ドルのコートが20%オフです。いくらになりますか？", "ja"),
    ("Ken ran twice as far as Mia, who ran 5 km.", "健は5km走った美亜の2倍の距離を走りました。", "ja"),
    ("There were 1,200 guests on the first day.", "初日は1200人の客がいました。", "ja"),
    ("A boat carries 3 dozen crates of 12 jars.", "船は12個入りの木箱を3ダース運びます。", "ja"),
    ("The town has 25,000 people.", "その町の人口は2万5千人です。", "ja"),
    ("She read for 3 hours, then for 45 minutes.", "彼女は３時間、それから４５分読書しました。", "ja"),
    ("There are 7 days in a week and 24 hours in a day.", "一週間は七日、一日は二十四時間です。", "ja"),
    ("민 has 2 brothers and 10 marbles.", "민에게는 형제가 두 명, 구슬이 열 개 있다.", "ko"),
    ("Half of 30 roses are red.", "장미 30송이의 절반은 빨간색이다.", "ko"),
    ("Tickets cost 15,000 won each.", "표는 한 장에 1만 5천 원이다.", "ko"),
    ("A farmer has 3 times as many cows as the 6 goats.", "농부에게는 염소 6마리보다 3배 많은 소가 있다.", "ko"),
    ("Two trains are 300 km apart.", "两列火车相距300公里。", "zh-Hans"),
    ("He gave away 1/4 of 20 stamps.", "他送出了20张邮票的四分之一。", "zh-Hans"),
    ("A bag of 12 costs $3.50 with 10% off.", "一袋12个，打九折后3.50美元。", "zh-Hans"),
    ("The house cost 2.5 million yuan.", "这栋房子花了250万元。", "zh-Hans"),
    ("Rina has 2 dozen eggs and breaks 5.", "রিনার ২ ডজন ডিম আছে এবং সে ৫টি ভাঙে।", "bn"),
    ("A book costs 150 taka. What do 4 cost?", "একটি বইয়ের দাম ১৫০ টাকা। ৪টির দাম কত?", "bn"),
    ("The shop sold 1,25,000 pens in 3 months.", "দোকানটি ৩ মাসে ১,২৫,০০০টি কলম বিক্রি করেছে।", "bn"),
    ("Juma has 8 goats and sells half of them.", "Juma ana mbuzi 8 na anauza nusu yao.", "sw"),
    ("A bus leaves at 7 a.m. with 40 people.", "Basi linaondoka saa 1 asubuhi likiwa na watu 40.", "sw"),
    ("Asha buys 3 books at 2,500 shillings each.", "Asha ananunua vitabu vitatu kwa shilingi 2,500 kila kimoja.", "sw"),
    ("2 friends share 9 sweets; 1 is left.", "Двое друзей делят 9 конфет; одна остаётся.", "ru"),
    ("A worker earns 1,500 rubles a day for 5 days.", "Рабочий получает 1500 рублей в день в течение пяти дней.", "ru"),
    ("She slept for 1.5 hours.", "Она спала 1,5 часа.", "ru"),
    ("A dozen eggs weigh 0.6 kg.", "Дюжина яиц весит 0,6 кг.", "ru"),
    ("Léa has 1,250 stamps and 6 albums.", "Léa a 1 250 timbres et six albums.", "fr"),
    ("The 3 sisters bake 24 cakes, a quarter small.", "Les trois sœurs font 24 gâteaux, un quart petits.", "fr"),
    ("It is 3:30 p.m.; the film lasts 90 minutes.", "Il est 15 h 30 ; le film dure 90 minutes.", "fr"),
    ("Pablo saves $12.50 a week for 8 weeks.", "Pablo ahorra 12,50 $ por semana durante ocho semanas.", "es"),
    ("Ana picks 2 baskets of 36 plums.", "Ana recoge dos cestas de 36 ciruelas.", "es"),
    ("The 10,000 litres fill 4 tanks.", "Los 10.000 litros llenan 4 tanques.", "es"),
    ("Ravi has 6 cows and 48 hens.", "రవికి 6 ఆవులు, 48 కోళ్లు ఉన్నాయి.", "te"),
    ("A pot holds 2.5 litres; 4 pots hold how much?", "ఒక కుండలో 2.5 లీటర్లు పడుతుంది; 4 కుండలలో ఎంత పడుతుంది?", "te"),
    ("He cycles 20 miles in 2 hours.", "Er fährt 32 km in zwei Stunden.", "de"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "language"), CLEAN)
def test_nothing_is_said_of_a_clean_word_problem(source, target, language):
    given = pair(source, target, language, statistics=STRICT)
    found = [(check.name, one.params) for check in PAIR_CHECKS for one in check.run(given)]
    found += [
        (check.name, one.params) for check in TEXT_CHECKS for one in check.run(Text(given.target, language))
    ]
    assert not found


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("Aiko buys 2 apples and 30 pears.", "愛子はりんごを2つ、梨を50個買います。", "ja"),
        ("Half of 30 roses are red.", "장미 80송이의 절반은 빨간색이다.", "ko"),
        ("Two trains are 300 km apart.", "两列火车相距360公里。", "zh-Hans"),
        ("A book costs 150 taka.", "একটি বইয়ের দাম ১৭০ টাকা।", "bn"),
        ("Asha buys 30 books.", "Asha ananunua vitabu 80.", "sw"),
        ("A worker earns 1,500 rubles.", "Рабочий получает 1700 рублей.", "ru"),
        ("Léa has 1,250 stamps.", "Léa a 1 350 timbres.", "fr"),
        ("Pablo has 8 coins and a bag.", "Pablo tiene monedas y una bolsa.", "es"),
    ],
)
def test_a_number_changed_or_lost_in_a_word_problem_is_flagged(source, target, language):
    given = pair(source, target, language, statistics=STRICT)
    assert any(check.name == "numbers" for check in PAIR_CHECKS if next(check.run(given), None))
