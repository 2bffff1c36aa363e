//! The time as the lists write it.

use std::time::{SystemTime, UNIX_EPOCH};

/// A time as ISO 8601 in UTC, to the second. Times before 1970 read as its first second.
pub fn utc(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The Gregorian date of a day counted from 1970-01-01. Years here begin in March, so that the leap
/// day is the last of its year and months follow one formula.
fn civil(day: u64) -> (u64, u64, u64) {
    let since = day + 719_468; // days since 0000-03-01
    let (era, of_era) = (since / 146_097, since % 146_097); // 400 years each
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn dates() {
        let at = |seconds| utc(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(951_868_799), "2000-02-29T23:59:59Z");
        assert_eq!(at(1_709_210_096), "2024-02-29T12:34:56Z");
        assert_eq!(at(1_767_225_599), "2025-12-31T23:59:59Z");
        assert_eq!(at(4_107_542_400), "2100-03-01T00:00:00Z");
    }

    #[test]
    fn every_day_of_four_centuries_follows_the_one_before() {
        let mut before = civil(0);
        for day in 1..146_097 {
            let (y, m, d) = civil(day);
            let next = match before {
                (year, 12, 31) => (year + 1, 1, 1),
                (year, month, _) if d == 1 => (year, month + 1, 1),
                (year, month, day) => (year, month, day + 1),
            };
            assert_eq!((y, m, d), next);
            assert!(d <= 31 && before.2 >= if d == 1 { 28 } else { 1 });
            before = (y, m, d);
        }
        assert_eq!(before, (2369, 12, 31));
    }
}
