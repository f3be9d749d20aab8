"""How models begin to speak, and words for translation, by language: to be mended by people who know them."""

from __future__ import annotations

from flagging.checks.vocabulary import words_of

# English words of a model about its work, none of which is a word of another language in Latin letters.
SPEAKING = words_of(
    """
    the here you your below following requested request find would translated translation question text
    provided given with which this that is below of course sure language answer
    """
)
_PLEASANTRIES = """
natürlich gerne selbstverständlich por_supuesto claro claro_que_sí claro_que_sim bien_sûr certo certamente certainement
конечно разумеется звичайно наравно tabii tabii_ki elbette tentu tentu_saja baik sudah_tentu 当然 當然 好的 もちろん はい
承知しました 물론 물론입니다 네 بالطبع بالتأكيد حسنًا البته حتما כמובן ज़रूर बेशक অবশ্যই తప్పకుండా แน่นอน ได้เลย βεβαίως φυσικά
natuurlijk självklart oczywiście samozřejmě desigur siyempre hakika bila_shaka chắc_chắn tất_nhiên žinoma
"""
_SORRY = """
es_tut_mir_leid lo_siento je_suis_désolée? mi_dispiace desculpe lamento извините üzgünüm maaf 抱歉 对不起 申し訳 죄송 آسف عذرًا متأسفم
क्षमा_करें दुर्भाग्य দুঃখিত క్షమించ ขออภัย λυπάμαι przepraszam omlouvám_se îmi_pare_rău samahani xin_lỗi מצטער вибачте
"""
_UNABLE = """
ich_kann no_puedo je_ne_peux non_posso não_posso не_могу 无法 不能 できません 수_없 لا_أستطيع لا_يمكن नहीं পারি లేను ไม่สามารถ
δεν_μπορώ nie_mogę nemohu nu_pot siwezi không_thể לא_יכול не_можу çeviremem yapamam tidak_dapat tidak_bisa
"""
# Before the word for translation: "here is", "the following", "below".
ANNOUNCING = (
    r"here|below|the following|hier|voici|aquí|aqu[ií]|ecco|här|oto|zde|iată|вот|ось|ево|ορίστε|işte|berikut|đây|以下|다음|"
    r"إليك|در اینجا|הנה|यहाँ|এখানে|ఇక్కడ|นี่คือ|hii|ga|štai|narito"
)
# Language tag, then stems of the words for "translation" and "translated".
_TRANSLATION = r"""
af|vertal
am|ትርጉ ተተርጉ
ar|ترجمة ترجمه ترجمت
az|tərcümə
be|пераклад
bg|превод
bm|bayɛlɛma
bn|অনুবাদ
ca|traducció traduït
cs|překl
cy|cyfieith
da|overs[æa]t
de|übersetz
el|μετάφρα μεταφρα
es|traducción traducid
et|tõlge tõlgi
eu|itzul
fa|ترجمه
fi|käännö
fil|pagsasalin salin isinalin
fr|traduction traduit
ga|aistriú
gl|tradución traducid
gu|અનુવાદ ભાષાંતર
ha|fassara
he|תרגום תורגם מתורגם
hi|अनुवाद
hr|prijevod
hu|fordít
hy|թարգման
id|terjemah
ig|ntụgharị
it|traduzione tradott
ja|翻訳 訳文 和訳
ka|თარგმ
kk|аударма
km|បកប្រែ
kn|ಅನುವಾದ
ko|번역
ky|котор
lo|ແປ
lt|vert(?:imas|imą|ime)
lv|tulkoj
mg|fandikan dikanteny voadika
mk|превод
ml|വിവർത്തനം പരിഭാഷ
mn|орчуул
mr|अनुवाद भाषांतर
ms|terjemah
my|ဘာသာပြန်
ne|अनुवाद उल्था
nl|vertal
no|oversett
nso|phetolelo fetolel
ny|tanthauz kumasulira
pa|ਅਨੁਵਾਦ
pl|tłumacz przetłumacz
ps|ژباړ
pt|tradução traduzid
ro|traduce tradus
ru|перевод перевед
si|පරිවර්තන
sk|prekl
sl|prevod
sn|shanduro dudziro
so|tarjum turjum
sq|përkth
sr|превод превед prevod preved
sv|översätt översatt
sw|tafsiri
ta|மொழிபெயர்ப்பு
te|అనువాద
th|คำแปล การแปล บทแปล
tr|çeviri çevri tercüme
uk|переклад
ur|ترجمہ
uz|tarjima
vi|bản\sdịch được\sdịch
xh|guqul
yo|[iì]t[uú]m[oọ]
zh|翻译 翻譯 译文 譯文
zu|humush hunyush
"""


def _joined(table: str) -> str:
    return "|".join(table.replace("_", r"\s").split())


PLEASANTRIES = _joined(_PLEASANTRIES)
REGRETS = rf"(?:{_joined(_SORRY)})[^\n]{{0,60}}(?:{_joined(_UNABLE)})"
TRANSLATION = {
    language: "|".join(stems.split())
    for language, _, stems in (line.partition("|") for line in _TRANSLATION.strip().splitlines())
}
