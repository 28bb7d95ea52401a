//! Charts as SVG: shapes are computed here and written by a template. What a chart shows stands in a table beside it.

use std::fmt::Write as _;

use askama::Template;

use super::figures::Share;
use crate::web::lang::Lang;

/// Width of every drawing in its own units; a phone shows them one to one.
const WIDTH: f64 = 360.0;
const LEFT: f64 = 34.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 10.0;
const FLOOR: f64 = 160.0;

/// How a series is told from the others: by fill and outline, so that print and any eye can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    Solid,
    Light,
    Dashed,
}

impl Paint {
    fn fill(self) -> &'static str {
        match self {
            Self::Solid => "var(--deep)",
            Self::Light => "var(--infobg)",
            Self::Dashed => "var(--warnbg)",
        }
    }

    fn stroke(self) -> &'static str {
        match self {
            Self::Solid | Self::Light => "var(--deep)",
            Self::Dashed => "var(--warn)",
        }
    }

    fn dash(self) -> &'static str {
        match self {
            Self::Solid | Self::Light => "none",
            Self::Dashed => "2 1.5",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Bar {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        paint: Paint,
    },
    Text {
        x: f64,
        y: f64,
        anchor: &'static str,
        text: String,
    },
    Rule {
        y: f64,
    },
    Path {
        points: String,
        paint: Paint,
    },
    Dot {
        x: f64,
        y: f64,
        paint: Paint,
    },
}

/// One drawing. `title` and `desc` are what somebody hears who does not see it.
#[derive(Debug, Clone, Template)]
#[template(path = "chart.html")]
pub struct Chart {
    pub id: &'static str,
    pub title: String,
    pub desc: String,
    pub height: f64,
    pub shapes: Vec<Shape>,
    pub legend: Vec<(Paint, String)>,
}

/// What is drawn, and how it is called.
pub struct Naming {
    pub id: &'static str,
    pub title: String,
    pub desc: String,
}

pub struct Series<T> {
    pub name: String,
    pub paint: Paint,
    /// One for each label.
    pub values: Vec<T>,
}

impl Chart {
    /// Series side by side over the same labels, from zero.
    #[must_use]
    pub fn columns(naming: Naming, labels: &[String], series: &[Series<u64>], lang: Lang) -> Self {
        let most = series.iter().flat_map(|one| &one.values).max();
        let top = nice(most.copied().unwrap_or_default());
        let mut shapes = grid(|part| lang.count(top * part / 4), 4);
        shapes.extend(foot(labels));
        let step = step(labels.len());
        let width = step * 0.8 / number(series.len().max(1));
        for (place, one) in series.iter().enumerate() {
            for (month, value) in one.values.iter().enumerate() {
                let height = (FLOOR - TOP) * ratio(*value, top);
                shapes.push(Shape::Bar {
                    x: LEFT + step * (number(month) + 0.1) + width * number(place),
                    y: FLOOR - height,
                    width: (width - 0.6).max(0.6),
                    height,
                    paint: one.paint,
                });
            }
        }
        Self::of(naming, FLOOR + 20.0, shapes, legend(series))
    }

    /// Shares in per cent as lines with a mark for each label; nothing where there is nothing to divide by. The scale
    /// begins where the lowest share needs it, and the drawing says where.
    #[must_use]
    pub fn lines(naming: Naming, labels: &[String], series: &[Series<Share>]) -> Self {
        let every = || series.iter().flat_map(|one| &one.values);
        let percents = every().filter_map(|share| percent(*share));
        let lowest = percents.fold(100.0, f64::min);
        let from = [95_u32, 90, 80, 50].into_iter();
        let from = from
            .map(f64::from)
            .find(|from| *from <= lowest)
            .unwrap_or(0.0);
        let mut shapes = grid(
            |part| {
                let at = from + (100.0 - from) * f64::from(u32::try_from(part).unwrap_or(0)) / 5.0;
                format!("{at:.0} %")
            },
            5,
        );
        shapes.extend(foot(labels));
        let step = step(labels.len());
        for one in series {
            let mut points = String::new();
            let mut dots = Vec::new();
            let mut pen = 'M';
            for (month, share) in one.values.iter().enumerate() {
                let Some(percent) = percent(*share) else {
                    pen = 'M';
                    continue;
                };
                let x = LEFT + step * (number(month) + 0.5);
                let y = FLOOR - (FLOOR - TOP) * (percent - from) / (100.0 - from);
                write!(points, "{pen}{x:.1} {y:.1}").expect("a text takes what is written");
                pen = 'L';
                dots.push(Shape::Dot {
                    x,
                    y,
                    paint: one.paint,
                });
            }
            shapes.push(Shape::Path {
                points,
                paint: one.paint,
            });
            shapes.extend(dots);
        }
        Self::of(naming, FLOOR + 20.0, shapes, legend(series))
    }

    /// One bar for each row, all from the same zero: its parts follow each other, and its words end it.
    #[must_use]
    pub fn bars(naming: Naming, rows: &[BarRow], legend: Vec<(Paint, String)>) -> Self {
        const ROW: f64 = 32.0;
        const LONGEST: f64 = 225.0;
        let most = rows.iter().map(BarRow::sum).max();
        let most = most.unwrap_or_default().max(1);
        let mut shapes = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let y = ROW * number(place);
            shapes.push(Shape::Text {
                x: 0.0,
                y: y + 11.0,
                anchor: "start",
                text: short(&row.name),
            });
            let mut x = 0.0;
            for (value, paint) in &row.parts {
                let width = LONGEST * ratio(*value, most);
                if *value > 0 {
                    shapes.push(Shape::Bar {
                        x,
                        y: y + 15.0,
                        width,
                        height: 10.0,
                        paint: *paint,
                    });
                }
                x += width;
            }
            shapes.push(Shape::Text {
                x: x + 5.0,
                y: y + 24.0,
                anchor: "start",
                text: row.says.clone(),
            });
        }
        Self::of(naming, ROW * number(rows.len()), shapes, legend)
    }

    fn of(naming: Naming, height: f64, shapes: Vec<Shape>, legend: Vec<(Paint, String)>) -> Self {
        let Naming { id, title, desc } = naming;
        Self {
            id,
            title,
            desc,
            height,
            shapes,
            legend,
        }
    }
}

/// A bar made of parts, with its name and its numbers in words.
pub struct BarRow {
    pub name: String,
    pub parts: Vec<(u64, Paint)>,
    pub says: String,
}

impl BarRow {
    fn sum(&self) -> u64 {
        self.parts.iter().map(|(value, _)| value).sum()
    }
}

fn legend<T>(series: &[Series<T>]) -> Vec<(Paint, String)> {
    let named = series.iter();
    named.map(|one| (one.paint, one.name.clone())).collect()
}

fn grid(says: impl Fn(u64) -> String, parts: u64) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for part in 0..=parts {
        let y = FLOOR - (FLOOR - TOP) * ratio(part, parts);
        shapes.push(Shape::Rule { y });
        shapes.push(Shape::Text {
            x: LEFT - 4.0,
            y: y + 3.5,
            anchor: "end",
            text: says(part),
        });
    }
    shapes
}

/// The labels under a chart; of many, every second or third.
fn foot(labels: &[String]) -> Vec<Shape> {
    let step = step(labels.len());
    let every = labels.len().div_ceil(12).max(1);
    let shown = labels.iter().enumerate().step_by(every);
    let texts = shown.map(|(place, label)| Shape::Text {
        x: LEFT + step * (number(place) + 0.5),
        y: FLOOR + 13.0,
        anchor: "middle",
        text: label.clone(),
    });
    texts.collect()
}

fn step(labels: usize) -> f64 {
    (WIDTH - LEFT - RIGHT) / number(labels.max(1))
}

/// The next number that divides into four without a rest, with one digit that tells.
fn nice(most: u64) -> u64 {
    let mut unit = 4;
    loop {
        for top in [unit, 2 * unit, 3 * unit, 5 * unit] {
            if top >= most {
                return top;
            }
        }
        unit *= 10;
    }
}

fn percent(share: Share) -> Option<f64> {
    (share.whole > 0).then(|| 100.0 * ratio(share.part, share.whole))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a drawing is not exact to fifteen digits"
)]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts of marks on a drawing")]
fn number(count: usize) -> f64 {
    count as f64
}

/// Names longer than a line are cut; the table has them whole.
fn short(name: &str) -> String {
    const MOST: usize = 52;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let begin: String = name.chars().take(MOST - 1).collect();
    format!("{}…", begin.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naming() -> Naming {
        Naming {
            id: "x",
            title: "T <b>".into(),
            desc: "D".into(),
        }
    }

    fn labels(count: usize) -> Vec<String> {
        (1..=count).map(|month| month.to_string()).collect()
    }

    #[test]
    fn columns_are_as_high_as_their_numbers_and_add_up_as_the_table_does() {
        let series = [
            Series {
                name: "a".into(),
                paint: Paint::Solid,
                values: vec![10, 0, 37],
            },
            Series {
                name: "b".into(),
                paint: Paint::Light,
                values: vec![3, 20, 0],
            },
        ];
        let chart = Chart::columns(naming(), &labels(3), &series, Lang::Vi);
        for one in &series {
            let bars = chart.shapes.iter().filter_map(|shape| match shape {
                Shape::Bar { height, paint, .. } if *paint == one.paint => Some(*height),
                _ => None,
            });
            let drawn: f64 = bars.sum();
            let counted: u64 = one.values.iter().sum();
            let expected = (FLOOR - TOP) * ratio(counted, 40);
            assert!((drawn - expected).abs() < 1e-9, "{drawn} {expected}");
        }
        for shape in &chart.shapes {
            if let Shape::Bar { x, width, y, .. } = shape {
                assert!(*x >= LEFT && x + width <= WIDTH && *y >= TOP);
            }
        }
    }

    #[test]
    fn a_line_has_a_gap_where_nothing_can_be_divided_and_stays_on_its_scale() {
        let share = |part, whole| Share { part, whole };
        let series = [Series {
            name: "a".into(),
            paint: Paint::Solid,
            values: vec![share(99, 100), share(0, 0), share(91, 100), share(1, 1)],
        }];
        let chart = Chart::lines(naming(), &labels(4), &series);
        let mut dots = 0;
        for shape in &chart.shapes {
            match shape {
                Shape::Dot { y, .. } => {
                    dots += 1;
                    assert!((TOP..=FLOOR).contains(y));
                }
                Shape::Path { points, .. } => assert_eq!(points.matches('M').count(), 2),
                _ => {}
            }
        }
        assert_eq!(dots, 3);
        let says = |wanted: &str| {
            let mut shapes = chart.shapes.iter();
            shapes.any(|shape| matches!(shape, Shape::Text { text, .. } if text == wanted))
        };
        assert!(says("90 %") && says("100 %") && !says("0 %"));
    }

    #[test]
    fn bars_share_one_zero_and_one_scale() {
        let row = |parts: &[u64]| BarRow {
            name: "n".repeat(80),
            parts: parts.iter().map(|value| (*value, Paint::Solid)).collect(),
            says: String::new(),
        };
        let chart = Chart::bars(naming(), &[row(&[30, 10]), row(&[20])], Vec::new());
        let bars = chart.shapes.iter().filter_map(|shape| match shape {
            Shape::Bar { x, width, .. } => Some((*x, *width)),
            _ => None,
        });
        let bars: Vec<_> = bars.collect();
        assert!(bars[0].0.abs() < 1e-9);
        assert!((bars[1].0 - bars[0].1).abs() < 1e-9);
        assert!((bars[0].1 + bars[1].1 - 2.0 * bars[2].1).abs() < 1e-9);
    }

    #[test]
    fn a_drawing_says_what_it_is_and_escapes_what_it_was_given() {
        let text = Chart::columns(naming(), &[], &[], Lang::En).render();
        let text = text.expect("a chart");
        assert!(text.contains("role=\"img\"") && text.contains("aria-labelledby=\"x-t x-d\""));
        assert!(
            text.contains("<title id=\"x-t\">T &#60;b&#62;</title>"),
            "{text}"
        );
    }

    #[test]
    fn scales_end_at_round_numbers() {
        let tops = [0, 4, 5, 9, 37, 41, 1_234, 99_999].map(nice);
        assert_eq!(tops, [4, 4, 8, 12, 40, 80, 2_000, 120_000]);
    }
}
