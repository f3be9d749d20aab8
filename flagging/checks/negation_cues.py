"""Words that turn a question round, by language: to be read and mended by people who know the languages."""

from __future__ import annotations

from functools import lru_cache

import regex

# What a question turns on: set in capitals, or where a question asks for the odd one out.
ENGLISH = regex.compile(
    r"\b(?:NOT|EXCEPT|LEAST|FALSE|INCORRECT|CANNOT|NEVER|UNLIKELY|NONE)\b|"
    r"\b(?:is|are|was|were|does|do|would|could|can|did|has|have|will) not\b(?=[^.?!]*\?)|"
    r"\ball (?:of )?the following\b[^.?!]*\bexcept\b|\ball\b[^.?!]{0,60}\bexcept\b[\s:.]*$|"
    r"\bleast (?:likely|appropriate|accurate|important|effective|common|compatible|consistent)\b|"
    r"\b(?:is|are) (?:false|incorrect|untrue)\b"
)
# Stems; `~` before one: it may stand inside a word.
_CUES = r"""
af|nie geen nooit behalwe uitgesonder min(?:ste|der) vals onwaar verkeerd onjuis on\w+ sonder
am|~አይ ~አል ~ያል ~በስተቀር ~ውጭ ~ውጪ ~ሳይ ~ሐሰት ~ሀሰት ~ስህተት ~የለ ~ትንሽ ~አነስተኛ ~ዝቅተኛ ~ማይ ~ዘንድ ~ካል ~እንዳት ~ባይ ~አት ~የማት ~ያነሰ ~የማን ~የማያ ~ካላ
ar|لا ليس\w* لم لن غير عدا باستثناء إلا الا خاطئ\w* خطأ كاذب\w* أقل الأقل اقل سوى دون عدم بدون لا\w{4,} ~ليس ~خاطئ
bn|না নয় নেই ~ব্যতীত ~ছাড়া বাদে ~মিথ্যা ~ভুল কম\w* \w+নি \w+না অসত্য\w* অসম্ভ\w* ~নয় ~নেই
cs|ne\w* ni\w+ kromě vyjma výjimk\w* nejm[eé]n\w* bez chybn\w* mimo není žádn\w* málo ~nejm
de|nicht kein\w* nie niemals außer ausgenommen ausnahme mit\sausnahme am\swenigsten geringst\w* wenigst\w* falsch unwahr un\w+ inkorrekt ohne weder niemand
el|~δεν ~μη ~δε\s ~εκτός ~εξαίρεση ~λιγότερο ~ελάχιστ ~λάθος ~ψευδ ~ανακριβ ~εσφαλμέν ~λανθασμέν ~χωρίς ~ούτε ~καν ~μικρότερ ~απίθαν ~όχι ~πλην ~αδύνατ ~αν\w+ ~κανέν
es|no nunca ningun\w* excepto salvo menos mínim\w* fals\w* incorrect\w* sin in\w+ excepción tampoco ni
fa|ن[یمشکدب]\w+ ~غیر جز مگر کمتر\w* ~نادرست ~نامناسب غلط\w* اشتباه\w* بدون کم ~استثنا هیچ\w* ~نیست
fil|hindi ~maliban ~wala ~huwag ~pinaka(?:kaunti|maliit|mababa) ~mali ~di ~hindi ~hinding ~bawal ~kaunti ~ni ~pinakakaunti
fr|ne n pas sauf except\w+ exception\w* moins faux fausse\w* in(?:correct|exact|vrai)\w* erron\w* jamais aucun\w* sans non hormis
ha|ba bai bata basu banda ban\sda rashin\w* babu sai karya ƙarya ~ƙarancin ~karancin kuskure\w* kasa ƙasa kadan wanda\sba baya
he|~לא ~אינ ~אין ~אי ~למעט ~מלבד ~חוץ ~פרט ~פחות ~שקר ~שגוי ~נכון ~בלתי ~ללא ~איננ ~יוצא ~מוטע ~בל
hi|~नहीं नही न ~छोड़ अलावा सिवा\w* अतिरिक्त कम\w* ~गलत ~ग़लत ~असत्य बिना झूठ\w* अपवाद मत ~न्यूनतम ~असंभ
id|tidak bukan ~kecuali ~terkecuali ~paling\s(?:tidak|kecil|sedikit) ~salah ~keliru ~kurang ~tanpa ~belum ~jangan ~terkecil ~sedikit ~tak ~selain ~mustahil ~terendah ~non
ig|~ghị ~ghi ~ghị ~belụsọ ~ma\se ~wepụ ~ewezuga ~ụgha ~nta ~opekempe ~abụghị ~na-abụghị ~kacha ~erughị ~adịghị ~gh ~ezighi ~ma
it|non tranne eccett\w* eccezione salvo meno minor\w* minim\w* fals\w* scorrett\w* errat\w* sbagliat\w* senza nessun\w* mai né in(?:corrett|esatt)\w*
ja|~ない ~ず ~除 ~以外 ~ぬ ~誤 ~間違 ~偽 ~不 ~最も ~最小 ~少な ~低 ~無 ~非 ~未 ~ません ~なく ~なか ~例外 ~反
ko|~않 ~아닌 ~아니 ~없 ~제외 ~못 ~틀린 ~거짓 ~잘못 ~가장 ~적 ~낮 ~이외 ~외에 ~불 ~비 ~옳지 ~않은 ~안\s ~덜 ~빼 ~말 ~모르 ~모를
ky|эмес\w* жок\w* башка\w* тышкары жалган\w* калп\w* аз\w* кем\w* ~туура\sэмес \w+(?:б|п)[аеоө](?:й|ган|ген|гон|гөн|с|т)\w* ката\w*
lt|~ne ~išskyrus ~mažiau ~klaiding ~be\s ~nė ~išimt ~mažia
mg|tsy afa-tsy ankoatra diso kely\w* tsis\w* lainga sandoka ~indrindra\stsy
ms|tidak bukan ~kecuali ~paling ~salah ~palsu ~kurang ~tanpa ~tak ~selain ~belum ~jangan ~mustahil ~terkecil
ne|\w*(?:दैन|छैन|होइन|ैन|ँदैन)\w* बाहेक\w* गलत\w* झूट\w* कम\w* बिना सिवाय न(?:भ|ग|ह|द|छ|र|प|स|मा)\w* असत्य\w* ~न्यून
nl|niet geen nooit behalve ~uitgezonderd ~uitzondering ~minst ~min(?:der|st) ~onjuist ~vals ~fout ~onwaar ~on ~zonder ~noch géén
nso|~ga ~se ~ntle ~fapana ~nnyane ~maaka ~fošagetšego ~e\sse ~sego ~fošagetše ~phoso ~sa ~ntlha
ny|~si ~osati ~kupatula ~bodza ~pang ~kupatulapo ~chabe ~zolakwika ~sa ~alibe ~osa ~ochepa ~olakwika ~palibe
pl|~nie ~oprócz ~wyjąt ~poza ~najmniej ~fałsz ~błęd ~bez ~mniej ~żad ~niepraw ~nig ~mało
pt|não nunca exceto excepto exce[çp]\w* salvo menos fals\w* incorre\w* errad\w* sem nenhum\w* mínim\w* nem
ro|nu n except\w* puțin\w* fals\w* incorect\w* greșit\w* fără nici\w* ne\w{4,} niciun\w*
ru|не нет ни\w* кроме исключ\w* наимен\w* менее ложн\w* невер\w* неправ\w* ошибоч\w* без меньш\w* мало\w* не\w{5,}
si|~නො ~නැ ~හැර ~අඩු ~අසත්‍ය ~වැරදි ~බොරු ~නෑ ~අ ~අවම ~හැරෙන්නට ~විරු ~බැ ~නිවැරදි\sන
sn|~si ~kunze ~kusara ~nhema ~zvishoma ~ha ~hak ~hapana ~kusatya ~sati ~sina ~asi ~sing ~isiri ~isina ~nhando ~shoma ~kure ~kunyanya ~kunze ~nyepo
so|ma aan aanay aanu aysan aanan uusan marka\slaga\sreebo mooyaane mooyee khalad\w* been\w* ~ugu\syar ~ugu\shoos maaha ~ka\sreeban ahayn ~ahayn
sr|~не ~осим ~изузет ~најмање ~лаж ~нетач ~погреш ~без ~ни ~сем ~мањ
sv|inte ej icke utom undantag\w* minst falsk\w* felaktig\w* fel aldrig utan ingen inga inget o(?:sann|riktig|trolig|sannolik|korrekt|möjlig)\w*
sw|si ha(?:i|wa|u|tu|ku|ya|yu|zi|li|pa)\w{3,} isipokuwa ila kasoro uongo kidogo sio siyo hapana bila isiyo\w* chini wala haku\w* makosa potofu \w+(?:si|sio|siyo)\w+ haija\w* ~mdogo
te|\w*(?:కాదు|లేదు|కాని|లేని|కావు|లేవు|రాదు|వద్దు|రు|ివ్వదు|దు)\b ~మినహా ~తప్ప ~తక్కువ ~అసత్య ~అబద్ధ ~కనిష్ట ~లేక ~నిది ~నివి \w+వు\b ~కపో
th|~ไม่ ~ยกเว้น ~น้อย ~ผิด ~เท็จ ~มิ ~นอกจาก ~ห้าม ~ต่ำ ~เว้น ~ปราศจาก ~ไร้
tr|değil\w* hariç dışında yanlış\w* \w+m[ae](?:z|yen|yan|dığı|diği|mış|miş|mesi|ması|yacak|yecek)\w* \w+m[ıiuü]yor\w* yok\w* \w+s[ıiuü]z\w* az\w* hiç\w* istisna\w* düşük\w* haricinde \w+m[ae]mekte\w*
uk|~не ~крім ~окрім ~виня ~най?менш ~хибн ~неправ ~помил ~без ~ні ~менш ~мало
vi|~không ~ngoại\strừ ~trừ ~ít ~sai ~chưa ~chẳng ~kém ~bất ~vô ~ngoài ~đừng ~thấp ~phi
xh|~nga ~ngaphandle ~ubuxoki ~ayi ~anga
yo|~kì ~ki ~kò ~ko ~kọ ~àyàfi ~ayafi ~yatọ ~irọ ~eke ~kere ~ma ~má ~ṣe ~lai ~jẹ\skan ~àì ~ai ~o\skere ~ni\sayafi ~iro
zh|~不 ~非 ~没 ~無 ~无 ~除 ~最少 ~最小 ~错 ~錯 ~假 ~最低 ~未 ~别 ~误 ~否 ~以外 ~勿 ~缺 ~例外 ~最
zu|~nga ~ngaphandle ~amanga ~ayi ~anga ~ngaphansi
"""
_BY_LANGUAGE = {
    language: stems.split()
    for language, _, stems in (line.partition("|") for line in _CUES.strip().splitlines())
}


@lru_cache(maxsize=64)
def cues(language: str) -> regex.Pattern[str] | None:
    """This function will return the pattern of a language's words that deny, except or make least, None where
    there is no list."""
    stems = _BY_LANGUAGE.get(language.split("-")[0].lower())
    if stems is None:
        return None
    inside = [stem[1:] for stem in stems if stem.startswith("~")]
    whole = [stem for stem in stems if not stem.startswith("~")]
    patterns = [*inside, *(rf"\b(?:{stem})\b" for stem in whole)]
    return regex.compile("|".join(patterns), regex.IGNORECASE)
