//! Whatever desks do in whatever order, a number is given once and every number is accounted for.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

const DAY: Date = date(2026, 11, 20);

fn office() -> OfficeCode {
    "H38.40".parse().expect("an office")
}

#[derive(Debug, Clone)]
enum Deed {
    Accept,
    Void,
    Reserve { desk: u8, count: u32 },
    OnPaper { desk: u8, sequence: u32 },
    Release { desk: u8 },
}

fn deed() -> impl Strategy<Value = Deed> {
    let desk = 0..3_u8;
    prop_oneof![
        3 => Just(Deed::Accept),
        1 => Just(Deed::Void),
        2 => (desk.clone(), 0..60_u32).prop_map(|(desk, count)| Deed::Reserve { desk, count }),
        6 => (desk.clone(), 1..120_u32).prop_map(|(desk, sequence)| Deed::OnPaper { desk, sequence }),
        1 => desk.prop_map(|desk| Deed::Release { desk }),
    ]
}

#[derive(Default)]
struct Told {
    register: Register,
    used: BTreeSet<u32>,
    voided: BTreeSet<u32>,
}

impl Told {
    fn entered(&mut self, sequence: u32, code: DossierCode) {
        assert!(self.used.insert(sequence), "{code} given twice");
        assert!(!self.voided.contains(&sequence), "{code} was voided");
        self.register.evolve(&RegisterEvent::Entered(Entered {
            office: office(),
            sequence,
            code,
            dossier: Uuid::from_u128(7),
        }));
    }

    fn voids(&mut self, sequence: u32) {
        let code = DossierCode::new(&office(), DAY, sequence).expect("a code");
        assert!(self.voided.insert(sequence), "{code} voided twice");
        assert!(!self.used.contains(&sequence), "{code} is on a dossier");
        self.register.evolve(&RegisterEvent::CodeVoided(CodeVoided {
            office: office(),
            sequence,
            code,
        }));
    }

    fn does(&mut self, deed: &Deed) {
        let (next, code) = self.register.next(&office(), DAY).expect("a number");
        let name = |desk: &u8| format!("receiver-{desk}");
        match deed {
            Deed::Accept => self.entered(next, code),
            Deed::Void => self.voids(next),
            Deed::Reserve { desk, count } => {
                let reserved = self.register.reserve(&office(), DAY, &name(desk), *count);
                if let Ok(block) = reserved.expect("numbers are left") {
                    self.register.evolve(&RegisterEvent::CodesReserved(block));
                } else {
                    let left = self.register.unused_of(&name(desk)).count();
                    assert!(left > 0 || !(1..=BLOCK_MAX).contains(count));
                }
            }
            Deed::OnPaper { desk, sequence } => {
                let code = DossierCode::new(&office(), DAY, *sequence).expect("a code");
                let taken = self
                    .register
                    .taken_from_block(&office(), &code, &name(desk));
                if let Ok(sequence) = taken {
                    self.entered(sequence, code);
                }
            }
            Deed::Release { desk } => {
                let left: Vec<u32> = self.register.unused_of(&name(desk)).collect();
                for sequence in left {
                    self.voids(sequence);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn no_number_is_given_twice_and_each_is_used_voided_or_reserved(deeds in prop::collection::vec(deed(), 0..120)) {
        let mut told = Told::default();
        for deed in &deeds {
            told.does(deed);
        }
        let reserved = told.register.blocks.iter().flat_map(|block| block.unused.clone());
        let mut all: Vec<u32> = reserved.chain(told.used.clone()).chain(told.voided.clone()).collect();
        all.sort_unstable();
        prop_assert_eq!(all, (1..=told.register.last).collect::<Vec<_>>());
    }
}
