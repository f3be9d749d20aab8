"""Tables of number words: plain text, to be read and mended by people who know the languages."""

# Language tag, then stems of 0 to 12: the numbers translators spell out. `/` parts variants.
STEMS = """
af|nul een/eerste twee drie/derde vier vyf ses sewe agt nege tien elf twaalf
am|ዜሮ አንድ/አንደ ሁለት/ሁለተ ሶስት/ሦስት/ሶስተ አራት/አራተ አምስት ስድስት ሰባት ስምንት ዘጠኝ አስር/አሥር አስራ አስራ
ar|صفر واحد/أول/اول اثن/إثن/ثان ثلاث/ثلث/ثالث أربع/اربع/رابع/ربع خمس/خامس ست/سادس/سدس سبع/سابع ثمان/ثامن/ثمن تسع/تاسع عشر/عاشر عشر عشر
bn|শূন্য এক/প্রথম দুই/দু/দ্বি তিন/তৃতীয় চার/চতুর্থ পাঁচ/পঞ্চম ছয়/ষষ্ঠ সাত/সপ্তম আট/অষ্টম নয়/নবম দশ এগারো বারো
cs|nul jed/prv dv/dru tř/tro/tří čty/čtvr pět/pát šest sedm osm devět/devát deset/desát jedenáct dvanáct
de|null ein/erst zwei/zwo drei/dritt vier fünf sechs sieb acht neun zehn elf zwölf
el|μηδέν ένα/μία/μια/ένας/πρώτ δύο/δυο/δεύτερ τρεις/τρία/τρί τέσσερ/τέταρτ/τετρ πέντε/πέμπτ έξι/έκτ επτά/εφτά/έβδομ οκτώ/οχτώ/όγδο εννέα/εννιά/ένατ δέκα/δέκατ έντεκα δώδεκα
es|cero un/prim dos/segund tres/terc cuatr/cuart cinco/quint seis/sext siete/séptim ocho/octav nueve/noven diez/décim once doce
fa|صفر یک/اول دو سه/سوم چهار پنج شش هفت هشت نه ده یازده دوازده
fr|zéro un/premi deux/second trois/tiers quatr/quart cinq six/sixi sept huit neuf dix onze douz
he|אפס אח/ראשו שנ/שת/שני שלוש/שליש ארבע/רביע/רבע חמש/חמיש שש/שיש שבע/שביע שמונ/שמינ תשע/תשיע עשר אחד שנים
hi|शून्य एक/पहल/प्रथम दो/दूसर/दोन/द्वितीय तीन/तीसर/तृतीय/तिहाई चार/चौथ/चौथाई पां/पाँ/पंच छह/छः/छठ/छ सात आठ नौ/नवा दस/दशम ग्यारह बारह
id|nol satu/se/pertama dua/kedua tiga/ketiga/sepertiga empat/keempat/seperempat lima/kelima/seperlima enam tujuh delapan sembilan sepuluh sebelas dua
it|zero un/prim due/second tre/terz quattr/quart cinqu/quint sei/sest sett ott nov diec/decim undic dodic
ko|영/공/제로 하나/한/일/첫 둘/두/이 셋/세/삼/석 넷/네/사/넉 다섯/오 여섯/육 일곱/칠 여덟/팔 아홉/구 열/십 열하나/십일 열두/십이
ms|sifar satu/se/pertama dua/kedua tiga/ketiga empat/keempat/suku lima/kelima enam tujuh lapan sembilan sepuluh sebelas dua
ne|शून्य एक/एउटा/पहिल दुई/दुवै/दोस्र तीन/तेस्र चार/चौथ पाँच/पांच छ सात आठ नौ दस/दश एघार बाह्र
nl|nul een/één/eerst twee drie/derde vier vijf zes zeven acht negen tien elf twaalf
pl|zer jed/pierwsz dw/drug trz/trój/trze czter/czwar/ćwier pię/piąt sześ/szóst siedem/siódm os/ósm dziewię/dziewią dziesię/dziesią jedenaś dwanaś/tuzin
pt|zero um/uma/primeir doi/dua/segund trê/terç/terceir quatro/quart cinco/quint seis/sext sete/sétim oito/oitav nove/non dez/décim onze doze
ro|zero un/o/prim doi/dou/două trei/treime patr/sfert cinc șas/şas șapt/şapt opt nou zec unsprezece doisprezece
ru|нол/нул од/перв дв/втор/двух тр четыр/четвер/четвёр пят шест сем/седьм восьм/восем/восьми девят десят одиннадцат двенадцат/дюжин
sv|noll en/ett/först två/andr tre/tredj fyr/fjärd fem sex/sjätt sju åtta/åtton nio tio elva tolv
sw|sifuri moja/kwanza mbili/wili/pili/jozi tatu/theluthi nne/robo tano sita saba nane tisa kumi kumi kumi/dazeni
te|సున్నా ఒక/ఒక్క/మొదటి రెండ/ఇద్దరు/రెట్టింపు మూడ/ముగ్గురు నాలుగ/నలుగు ఐద ఆర ఏడ ఎనిమిద తొమ్మిద పద పదకొండ పన్నెండ
th|ศูนย์ หนึ่ง/แรก/เดียว/ครึ่ง สอง/คู่/ครึ่ง สาม สี่ ห้า หก เจ็ด แปด เก้า สิบ สิบเอ็ด สิบสอง/โหล
tr|sıfır bir/ilk iki/çift/yarı üç dört/çeyrek beş alt yedi sekiz dokuz on on on
uk|нул од/перш дв/друг тр чотир/четвер/чверт п'ят/п’ят шіст/шост сім/сьом вісім/восьм дев'ят/дев’ят десят одинадцят дванадцят
vi|không một/nhất/nửa hai/nhì/đôi ba bốn/tư/phần năm/lăm sáu bảy tám chín mười mười mười/tá
"""

# English, 0 to 19, then the tens; the months count from 1.
UNITS = """
zero one two three four five six seven eight nine ten
eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
ORDINALS = """
zeroth first second third fourth fifth sixth seventh eighth ninth tenth
eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
MONTHS = "january february march april may june july august september october november december"
# Other English words, and the numbers a translation may put in their place.
OTHERS = """
a=1 an=1 once=1 single=1 sole=1 only=1 each=1 every=1 per=1 another=1 twice=2 double=2 doubled=2 both=2
pair=2 couple=2 either=1/2 neither=2 bilateral=2 thrice=3 triple=3 tripled=3 quadruple=4 half=1/2/50
halves=2 thirds=3 quarter=1/4/25/15 quarters=3/4/75 fourths=4 fifths=5 decade=10 dozen=12 dozens=12
fortnight=2/14 weekly=1/7 week=1/7 daily=1 hour=1/60 score=20 hundred=100 hundreds=100 hundredth=100
century=100 thousand=1000 thousands=1000 million=100/1000000 noon=12 midnight=0/12/24 teens=10/13/19
"""
