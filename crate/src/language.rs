//! Which language the page's text is in.
//!
//! The script decides where it can; languages in Latin and Cyrillic letters are told apart by their
//! function words (`data/language`), which are a third to a half of any running text. The declared
//! language is only a weak prior: many pages declare English whatever they are written in.

use crate::eight;
use crate::page::Page;
use crate::tokens;

/// What was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// BCP-47 primary subtag, `und` where the text is too short to tell.
    pub tag: &'static str,
    /// Whether Hearsay reads it.
    pub readable: bool,
}

/// The tables as `build.rs` bakes them.
mod tables {
    include!(concat!(env!("OUT_DIR"), "/languages.rs"));
}
use tables::{TAGS, WORDS};

/// Bytes of main text that are looked at; a longer text is sampled from all its blocks. Function
/// words are so common that more would tell nothing new.
const SAMPLE: usize = 8 * 1024;
/// Bytes of a block that are worth looking at: of short blocks some are read whole, not all in bits.
const PIECE: usize = 128;
/// Words below which only a clear case is decided.
const FEW_WORDS: usize = 20;
/// Share of a text's words that must be function words of its language (0.3 is usual, lists and
/// tables have less).
const LEAST_SHARE: f32 = 0.08;
/// What the declared language adds to its share.
const PRIOR: f32 = 0.03;

/// Scripts that name a language, or a family whose words decide.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    Hebrew,
    Arabic,
    Persian,
    Kana,
    Han,
    Hangul,
    Other,
}

/// The language of the main text.
pub fn of_page(page: &Page, main: &[bool]) -> Language {
    let declared = page.input.language.as_deref().and_then(primary);
    if let Some(assumed) = page.input.assume.as_deref().and_then(primary) {
        return decided(assumed);
    }
    let blocks = page
        .input
        .blocks
        .iter()
        .zip(main)
        .filter(|(_, main)| **main);
    let texts: Vec<&str> = blocks.map(|(block, _)| &*block.text).collect();
    let evidence = Evidence::gather(&texts);
    evidence.language(declared)
}

/// The subtag of a declared language that we know: "EN_us" → "en".
fn primary(declared: &str) -> Option<&'static str> {
    let first = declared.trim().split(['-', '_']).next().unwrap_or("");
    let first = match first.to_ascii_lowercase().as_str() {
        "nb" | "nn" => "no".to_owned(),
        other => other.to_owned(),
    };
    let scripts = ["el", "he", "ar", "fa", "ja", "zh", "ko"];
    let mut known = TAGS.into_iter().chain(scripts);
    known.find(|tag| *tag == first)
}

fn decided(tag: &'static str) -> Language {
    Language {
        tag,
        readable: tag == "en",
    }
}

/// What a sample of the text shows.
struct Evidence {
    words: usize,
    /// Letters by script.
    letters: [usize; 10],
    /// For each list the sum of its words' weights.
    hits: [f32; TAGS.len()],
}

impl Evidence {
    fn gather(texts: &[&str]) -> Evidence {
        let all: usize = texts.iter().map(|t| t.len()).sum();
        let mut evidence = Evidence {
            words: 0,
            letters: [0; 10],
            hits: [0.0; TAGS.len()],
        };
        // Bytes that may be read, times `all`: each block earns its share, and carries it on.
        let mut credit = 0;
        for text in texts {
            credit += text.len() as u64 * SAMPLE.min(all) as u64;
            let share = ((credit / all.max(1) as u64) as usize).min(text.len());
            if share < PIECE.min(text.len()) {
                continue;
            }
            credit -= share as u64 * all as u64;
            let cut = (0..=share)
                .rev()
                .find(|i| text.is_char_boundary(*i))
                .unwrap_or(0);
            evidence.take(&text[..cut]);
        }
        evidence
    }

    /// Counts the letters and words of a piece of text.
    fn take(&mut self, sample: &str) {
        let bytes = sample.as_bytes();
        let mut word = Spelling::default();
        let mut at = 0;
        while at < bytes.len() {
            // Eight letters at a time where they are plain ones.
            let (letters, run) = eight::leading_letters(eight::load(bytes, at));
            if run > 0 {
                self.letters[Script::Latin as usize] += run;
                word.push(letters, run);
                at += run;
            }
            if run == 8 {
                continue;
            }
            if bytes.get(at).is_some_and(u8::is_ascii) {
                at += 1;
                self.count(std::mem::take(&mut word));
                continue;
            }
            let c = sample[at..].chars().next().unwrap_or(' ');
            at += c.len_utf8();
            if !tokens::is_general_mark(c) && c.is_alphabetic() {
                self.letters[script(c) as usize] += 1;
                for small in c.to_lowercase() {
                    let mut utf8 = [0; 8];
                    let length = small.encode_utf8(&mut utf8).len();
                    word.push(u64::from_le_bytes(utf8), length);
                }
            } else {
                self.count(std::mem::take(&mut word));
            }
        }
        self.count(word);
    }

    /// Counts a word, if there is one.
    fn count(&mut self, word: Spelling) {
        if word.length == 0 {
            return;
        }
        self.words += 1;
        let mut lists = word.lists();
        if lists == 0 {
            return;
        }
        // The fewer lists a word is in, the more it tells.
        let weight = 1.0 / lists.count_ones() as f32;
        while lists != 0 {
            self.hits[lists.trailing_zeros() as usize] += weight;
            lists &= lists - 1;
        }
    }

    fn language(&self, declared: Option<&'static str>) -> Language {
        let unknown = Language {
            tag: "und",
            readable: false,
        };
        let too_short = Language {
            tag: "und",
            readable: matches!(declared, None | Some("en")),
        };
        let letters: usize = self.letters.iter().sum();
        let count = |script: Script| self.letters[script as usize];
        // A word of Chinese or Japanese has two letters and no space around it.
        if letters < 2 * FEW_WORDS && self.words < 3 {
            return too_short;
        }
        let east = count(Script::Han) + count(Script::Kana) + count(Script::Hangul);
        let arabic = count(Script::Arabic) + count(Script::Persian);
        let most = |n: usize| n * 2 > letters;
        if most(count(Script::Latin)) || most(count(Script::Cyrillic)) {
            return self.by_words(declared).unwrap_or(
                if self.words < FEW_WORDS || declared == Some("en") {
                    too_short
                } else {
                    unknown
                },
            );
        }
        if most(east) {
            return decided(if count(Script::Hangul) * 2 > east {
                "ko"
            } else if count(Script::Kana) * 20 > east {
                "ja"
            } else {
                "zh"
            });
        }
        if most(arabic) {
            return decided(if count(Script::Persian) * 50 > arabic {
                "fa"
            } else {
                "ar"
            });
        }
        if most(count(Script::Greek)) {
            return decided("el");
        }
        if most(count(Script::Hebrew)) {
            return decided("he");
        }
        unknown
    }

    /// The language with the most function words, if it has enough of them and leads.
    fn by_words(&self, declared: Option<&str>) -> Option<Language> {
        let share = |i: usize| {
            let prior = if declared == Some(TAGS[i]) {
                PRIOR
            } else {
                0.0
            };
            self.hits[i] / self.words.max(1) as f32 + prior
        };
        let best = (0..TAGS.len()).max_by(|a, b| share(*a).total_cmp(&share(*b)))?;
        let second = (0..TAGS.len())
            .filter(|i| *i != best)
            .map(share)
            .fold(0.0, f32::max);
        let clear = share(best) > 2.0 * second && self.hits[best] >= 2.0;
        let enough = self.words >= FEW_WORDS || clear;
        (enough && self.hits[best] > 0.0 && share(best) >= LEAST_SHARE).then(|| decided(TAGS[best]))
    }
}

fn script(c: char) -> Script {
    match c {
        '\u{41}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Script::Latin,
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Script::Greek,
        '\u{400}'..='\u{52F}' => Script::Cyrillic,
        '\u{590}'..='\u{5FF}' => Script::Hebrew,
        'پ' | 'چ' | 'ژ' | 'گ' | 'ک' | 'ی' => Script::Persian,
        '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{FB50}'..='\u{FEFC}' => Script::Arabic,
        '\u{3040}'..='\u{30FF}' => Script::Kana,
        '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{2FA1F}' => Script::Han,
        '\u{AC00}'..='\u{D7AF}' | '\u{1100}'..='\u{11FF}' => Script::Hangul,
        _ => Script::Other,
    }
}

/// A word as its first sixteen bytes, the first one lowest; no list has a longer word.
#[derive(Clone, Copy, Default)]
struct Spelling {
    bytes: u128,
    length: usize,
}

impl Spelling {
    /// Adds the first `count` of eight bytes; the others are zero.
    fn push(&mut self, eight: u64, count: usize) {
        match self.length {
            0 => self.bytes = u128::from(eight),
            1..16 => self.bytes |= u128::from(eight) << (8 * self.length),
            _ => {}
        }
        self.length += count;
    }

    /// The lists that have the word, as bits.
    fn lists(self) -> u32 {
        if self.length > 16 {
            return 0;
        }
        let (low, high) = (self.bytes as u64, (self.bytes >> 64) as u64);
        let hash = eight::mix(eight::mix(0, low), high);
        let mut slot = (hash >> (64 - WORDS.len().trailing_zeros())) as usize;
        loop {
            match WORDS[slot % WORDS.len()] {
                (word, lists) if word == self.bytes => return lists,
                (0, _) => return 0,
                _ => slot += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, declared: Option<&str>) -> Language {
        let mut page = Page::from_text(text, false);
        page.input.language = declared.map(str::to_owned);
        let main = vec![true; page.input.blocks.len()];
        of_page(&page, &main)
    }

    /// Sentences of our own, one or two for each language.
    const SENTENCES: [(&str, &str); 25] = [
        (
            "en",
            "The council met on Monday, and nobody who was there would say what they had decided about the bridge over the river.",
        ),
        (
            "fr",
            "Le conseil s’est réuni lundi et personne n’a voulu dire ce qui avait été décidé pour le pont sur la rivière, qui est fermé depuis mars.",
        ),
        (
            "de",
            "Der Rat hat sich am Montag getroffen, und niemand wollte sagen, was über die Brücke beschlossen wurde, die seit März nicht mehr befahren werden kann.",
        ),
        (
            "es",
            "El consejo se reunió el lunes y nadie quiso decir lo que se había decidido sobre el puente del río, que está cerrado desde marzo.",
        ),
        (
            "it",
            "Il consiglio si è riunito lunedì e nessuno ha voluto dire che cosa sia stato deciso per il ponte sul fiume, che è chiuso da marzo.",
        ),
        (
            "pt",
            "O conselho reuniu-se na segunda-feira e ninguém quis dizer o que foi decidido sobre a ponte do rio, que está fechada desde março.",
        ),
        (
            "nl",
            "De raad kwam maandag bijeen en niemand wilde zeggen wat er was besloten over de brug, die al sinds maart niet meer open is voor het verkeer.",
        ),
        (
            "sv",
            "Rådet möttes på måndagen och ingen ville säga vad som hade beslutats om bron över älven, som har varit stängd sedan mars.",
        ),
        (
            "da",
            "Rådet mødtes mandag, og ingen ville sige, hvad der var blevet besluttet om broen, som har været lukket siden marts efter en stor oversvømmelse af byen.",
        ),
        (
            "no",
            "Rådet møttes mandag, og ingen ville si hva som ble bestemt om broen, som har vært stengt siden mars etter en stor oversvømmelse av byen.",
        ),
        (
            "fi",
            "Neuvosto kokoontui maanantaina, mutta kukaan ei halunnut kertoa, mitä sillasta oli päätetty. Se on ollut suljettuna maaliskuusta, koska joki tulvi ja tie oli poikki.",
        ),
        (
            "pl",
            "Rada zebrała się w poniedziałek i nikt nie chciał powiedzieć, co postanowiono w sprawie mostu, który jest zamknięty od marca, ale był już naprawiany.",
        ),
        (
            "cs",
            "Rada se sešla v pondělí a nikdo nechtěl říci, co bylo rozhodnuto o mostu, který je od března zavřený a podle plánu má být opraven.",
        ),
        (
            "ro",
            "Consiliul s-a întrunit luni și nimeni nu a vrut să spună ce s-a hotărât pentru podul care este închis din martie și nu mai poate fi folosit.",
        ),
        (
            "hu",
            "A tanács hétfőn ülésezett, és senki nem akarta elmondani, hogy mi lett a döntés a hídról, amely már március óta le van zárva, mert az út is megsüllyedt.",
        ),
        (
            "tr",
            "Meclis pazartesi günü toplandı ve köprü için ne karar verildiğini söylemek isteyen çıkmadı; mart ayından sonra kapalı olan köprü bu yıl da açılmayacak gibi görünüyor, ama bir tarih yok.",
        ),
        (
            "id",
            "Dewan bertemu pada hari Senin dan tidak ada yang mau mengatakan apa yang telah diputuskan untuk jembatan itu, yang sudah ditutup sejak Maret karena banjir.",
        ),
        (
            "ru",
            "Совет собрался в понедельник, и никто не захотел сказать, что было решено о мосте, который закрыт с марта и уже не раз был на ремонте.",
        ),
        (
            "uk",
            "Рада зібралася в понеділок, і ніхто не захотів сказати, що було вирішено про міст, який закритий з березня і вже не раз був на ремонті.",
        ),
        (
            "el",
            "Το συμβούλιο συνεδρίασε τη Δευτέρα και κανείς δεν θέλησε να πει τι αποφασίστηκε για τη γέφυρα.",
        ),
        (
            "he",
            "המועצה התכנסה ביום שני ואיש לא רצה לומר מה הוחלט על הגשר שסגור מאז מרץ.",
        ),
        (
            "ar",
            "اجتمع المجلس يوم الاثنين ولم يرغب أحد في الكشف عما تقرر بشأن الجسر المغلق منذ مارس.",
        ),
        (
            "fa",
            "شورا روز دوشنبه تشکیل جلسه داد و هیچ کس نخواست بگوید درباره پل چه تصمیمی گرفته شد.",
        ),
        (
            "ja",
            "評議会は月曜日に開かれたが、三月から閉鎖されている橋について何が決まったのか、誰も話そうとしなかった。",
        ),
        (
            "zh",
            "理事会星期一开会,但没有人愿意说明关于三月以来一直关闭的大桥究竟作出了什么决定,也没有人公布维修的日期和费用。",
        ),
    ];

    #[test]
    fn each_language_is_told_whatever_is_declared() {
        for (tag, text) in SENTENCES {
            for declared in [
                None,
                Some("en"),
                Some("en-US"),
                Some("fr"),
                Some("xx"),
                Some(""),
            ] {
                let text = [text, text].join("\n");
                assert_eq!(of(&text, declared), decided(tag), "{declared:?}: {text}");
            }
        }
        assert_eq!(of("회의는 월요일에 열렸지만 다리에 대해 무엇이 결정되었는지 아무도 말하려 하지 않았으며 날짜도 밝히지 않았다", None).tag, "ko");
    }

    #[test]
    fn too_short_is_read_unless_declared_otherwise() {
        for text in [
            "",
            "Home",
            "Page 3 of 12",
            "Ferry delayed again",
            "1,204 33 17.5",
            "🙂🙂🙂",
        ] {
            assert_eq!(
                of(text, None),
                Language {
                    tag: "und",
                    readable: true
                },
                "{text}"
            );
            assert_eq!(
                of(text, Some("en-GB")),
                Language {
                    tag: "und",
                    readable: true
                },
                "{text}"
            );
            assert_eq!(
                of(text, Some("de")),
                Language {
                    tag: "und",
                    readable: false
                },
                "{text}"
            );
        }
    }

    #[test]
    fn a_short_but_clear_sentence_is_told() {
        assert_eq!(
            of("He said that the bridge would be closed.", None).tag,
            "en"
        );
        assert_eq!(
            of("Il n’est pas certain que le pont soit fermé.", None).tag,
            "fr"
        );
    }

    #[test]
    fn a_quotation_does_not_change_the_language_and_a_majority_does() {
        let [english, french] = [SENTENCES[0].1, SENTENCES[1].1];
        assert_eq!(of(&[english, english, french].join("\n"), None).tag, "en");
        assert_eq!(
            of(&[french, french, english].join("\n"), Some("en")).tag,
            "fr"
        );
        let quote = format!(
            "{english} “{french}” the mayor said, and the others who were there agreed with her. {english}"
        );
        assert_eq!(of(&quote, None).tag, "en");
    }

    #[test]
    fn only_main_text_counts_and_the_readers_word_wins() {
        let mut page = Page::from_text(
            &format!("{0}\n{1}\n{1}\n{1}", SENTENCES[0].1, SENTENCES[2].1),
            false,
        );
        assert_eq!(of_page(&page, &[true, false, false, false]).tag, "en");
        assert_eq!(of_page(&page, &[true; 4]).tag, "de");
        page.input.assume = Some("en".to_owned());
        assert_eq!(of_page(&page, &[true; 4]), decided("en"));
    }

    #[test]
    fn a_text_beyond_the_sample_is_told_by_all_its_parts() {
        let french = format!("{}\n", SENTENCES[1].1).repeat(300);
        let english = format!("{}\n", SENTENCES[0].1).repeat(1000);
        assert_eq!(of(&format!("{french}{english}"), None).tag, "en");
        assert_eq!(of(&SENTENCES[0].1.repeat(20_000), None).tag, "en");
        assert_eq!(of(&"It may rain today.\n".repeat(20_000), None).tag, "en");
    }

    #[test]
    fn lists_are_well_formed() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/language");
        for tag in TAGS {
            let list = std::fs::read_to_string(folder.join(tag).with_extension("txt"))
                .unwrap_or_else(|e| panic!("{tag}: {e}"));
            let words: Vec<&str> = list.lines().filter(|l| !l.starts_with('#')).collect();
            assert!(list.starts_with('#') && words.len() >= 40, "{tag}");
            for word in words {
                assert!(word.chars().all(char::is_alphabetic), "{tag}: {word:?}");
                assert_eq!(word.to_lowercase(), word, "{tag}");
                let mut spelling = Spelling::default();
                for byte in word.bytes() {
                    spelling.push(byte.into(), 1);
                }
                let bit = TAGS.iter().position(|t| *t == tag);
                assert!(
                    bit.is_some_and(|b| spelling.lists() >> b & 1 == 1),
                    "{tag}: {word}"
                );
            }
        }
    }
}
