//! Sorts lists of any type by one instance of the standard library's sort, which takes some 6 KB for each type and order
//! (no I/O). Lists of segments, which are the long ones, have instances of their own, and so have texts.

use std::cmp::Ordering;

/// Sorts texts where they are, without further memory: a server can list very many.
#[inline(never)]
pub(crate) fn sort_texts(list: &mut [String]) {
    list.sort_unstable();
}

/// Sorts a list. What is equal stays in its order.
pub(crate) fn sort_by<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut order = order(list.len(), &|one, other| compare(&list[one], &list[other]));
    // Each cycle of places: what belongs to a place comes from another one, and so on.
    for first in 0..order.len() {
        let mut place = first;
        loop {
            let from = std::mem::replace(&mut order[place], place);
            if from == first {
                break;
            }
            list.swap(place, from);
            place = from;
        }
    }
}

/// The places of so many elements in their order.
#[inline(never)]
fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<_> = (0..count).collect();
    order.sort_by(|one, other| compare(*one, *other));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_as_the_standard_library_sorts_them() {
        let mut random = fastrand::Rng::with_seed(7);
        for length in (0..50).chain([1_000]) {
            let list: Vec<(u32, usize)> = (0..length).map(|place| (random.u32(..40), place)).collect();
            let (mut sorted, mut expected) = (list.clone(), list);
            sort_by(&mut sorted, |one, other| one.0.cmp(&other.0));
            expected.sort_by_key(|element| element.0);
            assert_eq!(sorted, expected, "what is equal stays in its order");
        }
    }

    #[test]
    fn sorted_lists_stay_as_they_are() {
        let mut list: Vec<String> = (10..99).map(|number| number.to_string()).collect();
        let before = list.clone();
        sort_by(&mut list, Ord::cmp);
        assert_eq!(list, before);
        list.reverse();
        sort_by(&mut list, Ord::cmp);
        assert_eq!(list, before);
        list.reverse();
        sort_texts(&mut list);
        assert_eq!(list, before);
    }
}
