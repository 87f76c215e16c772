use super::*;
use crate::progress::{Unwanted, Unwatched};
use crate::tokens::catalog;

fn vocabulary(name: &str) -> Vocabulary {
    Vocabulary::of(catalog::load(name).unwrap(), &Unwatched).unwrap()
}

fn entry<'v>(vocabulary: &'v Vocabulary, piece: &str) -> &'v Entry {
    let id = vocabulary.tokenizer().id(piece).unwrap_or_else(|| panic!("{piece} is no entry"));
    &vocabulary.entries()[vocabulary.place_of(id).unwrap()]
}

fn listed(vocabulary: &Vocabulary, filter: &Filter) -> Vec<u32> {
    let listing = vocabulary.list(filter, None, &Unwatched).unwrap();
    assert_eq!(listing.problem, None);
    listing.places.iter().map(|&place| vocabulary.entries()[place as usize].id).collect()
}

#[test]
fn every_id_that_has_a_piece_is_an_entry_of_its_kind() {
    for row in catalog::entries() {
        let vocabulary = vocabulary(row.name);
        let tokenizer = vocabulary.tokenizer();
        let all = (0..tokenizer.vocabulary_size() as u32).filter(|&id| tokenizer.piece(id).is_some());
        assert!(all.eq(vocabulary.entries().iter().map(|entry| entry.id)), "{}", row.name);
        let counted: usize = vocabulary.kinds().iter().map(|(_, count)| count).sum();
        assert_eq!(counted, vocabulary.entries().len());
        let written: usize = vocabulary.writings().iter().map(|(_, count)| count).sum();
        assert_eq!(written, vocabulary.entries().len());
        for entry in vocabulary.entries().iter().step_by(97) {
            let bytes = tokenizer.bytes(entry.id).unwrap();
            assert_eq!(entry.bytes as usize, bytes.len());
            assert_eq!(entry.kind == EntryKind::Special, tokenizer.is_special(entry.id));
            if let Some(twin) = entry.twin {
                let back = vocabulary.entries()[vocabulary.place_of(twin).unwrap()];
                let space = |id: u32| {
                    let read = String::from_utf8(vocabulary.read(id).unwrap().into_owned()).unwrap();
                    read.replace("##", "").trim_matches(' ').to_owned()
                };
                assert_eq!(space(entry.id), space(twin), "{} {entry:?} {back:?}", row.name);
            }
        }
    }
}

#[test]
fn kinds_are_told_by_each_vocabularys_own_marks() {
    let expected = [
        ("gpt2", "Ġthe", EntryKind::WordStart),
        ("gpt2", "the", EntryKind::Continuation),
        ("gpt2", "<|endoftext|>", EntryKind::Special),
        ("gpt2", "Ã", EntryKind::Byte),
        ("gpt2", "âĢ", EntryKind::Part),
        ("gpt2", "Ċ", EntryKind::Byte),
        ("gpt2", "a", EntryKind::Byte),
        ("gpt2", "ĊĊ", EntryKind::Space),
        ("bert", "the", EntryKind::WordStart),
        ("bert", "##ing", EntryKind::Continuation),
        ("bert", "[SEP]", EntryKind::Special),
        ("llama2", "▁the", EntryKind::WordStart),
        ("llama2", "<0x41>", EntryKind::Byte),
        ("llama2", "<0xF0>", EntryKind::Byte),
        ("byt5", "a", EntryKind::Byte),
        ("canine", "a", EntryKind::Plain),
    ];
    for (name, piece, kind) in expected {
        let vocabulary = vocabulary(name);
        assert_eq!(entry(&vocabulary, piece).kind, kind, "{name} {piece}");
    }
    let gpt2 = vocabulary("gpt2");
    assert!(gpt2.kinds().contains(&(EntryKind::Byte, 256)), "{:?}", gpt2.kinds());
    assert_eq!(entry(&gpt2, "Ġthe").twin, gpt2.tokenizer().id("the"));
    assert_eq!((entry(&gpt2, "Ġthe").characters, entry(&gpt2, "Ġthe").bytes), (4, 4));
    assert_eq!((entry(&gpt2, "Ã").characters, entry(&gpt2, "Ã").writing), (0, Writing::Nothing));
    let bert = vocabulary("bert");
    assert_eq!(entry(&bert, "##ing").twin, bert.tokenizer().id("ing"));
}

#[test]
fn entries_are_found_by_text_pattern_id_and_bytes() {
    let gpt2 = vocabulary("gpt2");
    let find = |query: &str, by| listed(&gpt2, &Filter { query: query.into(), by, ..Filter::default() });
    let read = |id: u32| String::from_utf8_lossy(&gpt2.read(id).unwrap()).into_owned();
    let found = find("berry", SearchBy::Text);
    assert!(found.len() > 4 && found.iter().all(|&id| read(id).to_lowercase().contains("berry")));
    let all = gpt2.entries().iter().filter(|entry| read(entry.id).to_lowercase().contains("berry"));
    assert_eq!(found.len(), all.count());
    assert!(find("Berry", SearchBy::Text).len() < found.len(), "capitals count where there are any");
    assert!(find(" the", SearchBy::Text).iter().all(|&id| read(id).to_lowercase().contains(" the")));
    let words: Vec<String> = find("^ straw", SearchBy::Regex).into_iter().map(read).collect();
    assert_eq!(words, [" straw", " strawberries", " strawberry"]);
    assert_eq!(find("[976, 9059, 382]", SearchBy::Id), [382, 976, 9059]);
    assert_eq!(find("5-7 3", SearchBy::Id), [3, 5, 6, 7]);
    assert_eq!(find("50000-4294967295 9-2", SearchBy::Id).len(), 257);
    let dashes = find("E2 80 94", SearchBy::Bytes);
    assert!(dashes.contains(&gpt2.tokenizer().id("âĢĶ").unwrap()));
    assert_eq!(find("0xe28094", SearchBy::Bytes), dashes);
    for (query, by) in
        [("(", SearchBy::Regex), ("nine", SearchBy::Id), ("E2 8", SearchBy::Bytes), ("zz", SearchBy::Bytes)]
    {
        let filter = Filter { query: query.into(), by, ..Filter::default() };
        let listing = gpt2.list(&filter, None, &Unwatched).unwrap();
        assert!(listing.places.is_empty() && listing.problem.is_some(), "{query}");
    }
}

#[test]
fn lists_are_sorted_and_equals_come_by_id() {
    let gpt4o = vocabulary("gpt4o");
    let sorted = |sort, descending| {
        let filter = Filter { sort, descending, ..Filter::default() };
        let ids = listed(&gpt4o, &filter);
        assert_eq!(ids.len(), gpt4o.entries().len());
        ids
    };
    let of = |id: u32| gpt4o.entries()[gpt4o.place_of(id).unwrap()];
    let long = sorted(SortBy::Characters, true);
    assert!(long.is_sorted_by_key(|&id| (std::cmp::Reverse(of(id).characters), id)));
    assert!(of(long[0]).characters > 60, "the longest are rows of signs");
    assert!(sorted(SortBy::Bytes, false).is_sorted_by_key(|&id| (of(id).bytes, id)));
    assert!(sorted(SortBy::Id, true).is_sorted_by(|a, b| a > b));
    let text = sorted(SortBy::Text, false);
    let key = |id: u32| {
        gpt4o
            .read(id)
            .unwrap()
            .strip_prefix(b" ")
            .map_or_else(|| gpt4o.read(id).unwrap().to_vec(), <[u8]>::to_vec)
    };
    assert!(text.windows(2).step_by(31).all(|pair| key(pair[0]) <= key(pair[1])));
}

#[test]
fn oddities_are_what_they_say() {
    let llama2 = vocabulary("llama2");
    let unmade = llama2.unmade(&Unwatched).unwrap();
    let id = |piece: &str| llama2.tokenizer().id(piece).unwrap();
    // The letter has an entry of its own, which is always taken.
    assert!(unmade.ids.contains(id("<0x41>")) && !unmade.ids.contains(id("A")));
    assert!(!unmade.ids.contains(id("▁the")) && !unmade.ids.contains(id("ing")));
    assert!(unmade.untried > 100, "special ones and the bytes that are no text");
    let filter = Filter { oddity: Some(Oddity::Unmade), ..Filter::default() };
    let listing = llama2.list(&filter, Some(&unmade), &Unwatched).unwrap();
    assert_eq!(listing.places.len() as u64, unmade.ids.len());
    let bert = vocabulary("bert");
    let unmade = bert.unmade(&Unwatched).unwrap();
    let id = |piece: &str| bert.tokenizer().id(piece).unwrap();
    assert!(unmade.ids.contains(id("[unused5]")));
    for piece in ["##ing", "##s", "the", "##ø", "東", "##7"] {
        assert!(!unmade.ids.contains(id(piece)), "{piece}");
    }
    let undecodable = Filter { oddity: Some(Oddity::Undecodable), ..Filter::default() };
    assert!(listed(&bert, &undecodable).is_empty());
    assert_eq!(listed(&llama2, &undecodable).len(), 128, "the bytes that begin no character of their own");
    assert_eq!(bert.unmade(&Unwanted).unwrap_err(), Cancelled);
    assert!(Vocabulary::of(catalog::load("bert").unwrap(), &Unwanted).is_err());
}
