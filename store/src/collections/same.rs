//! When two values count as the same.
//!
//! A value is the same as another if it is the same in memory, or else if [`PartialEq`] says so, except
//! that NaN is the same as NaN: a watcher that writes what it reads must come to rest. A field that
//! wants another rule names one of these functions, or its own of the same shape.
//!
//! Pure: knows no field and no collection.

use std::{any::Any, sync::Arc};

/// Compares by [`PartialEq`], with NaN the same as itself.
///
/// NaN is recognised in `f32` and `f64`, in an [`Option`], [`Vec`], `Arc<[_]>` or [`Box`]ed slice of
/// them, and in arrays and tuples of two, three or four of them. The collections of this crate compare
/// their items by this rule too. Deeper down, as in a field of a struct, the type's own `PartialEq`
/// decides.
///
/// # Examples
///
/// ```
/// use store::same;
///
/// assert!(same::by_value(&f64::NAN, &f64::NAN));
/// assert!(same::by_value(&Some(f32::NAN), &Some(f32::NAN)));
/// assert!(!same::by_value(&1.0, &f64::NAN));
/// ```
pub fn by_value<T: PartialEq + 'static>(a: &T, b: &T) -> bool {
    std::ptr::eq(a, b) || a == b || same_floats(a, b)
}

/// Compares two [`Arc`]s by where they point, never by what they hold.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// let photo = Arc::new(vec![0; 1_000_000]);
/// assert!(store::same::by_pointer(&photo, &photo.clone()));
/// assert!(!store::same::by_pointer(&photo, &Arc::new(vec![0; 1_000_000])));
/// ```
pub fn by_pointer<T: ?Sized>(a: &Arc<T>, b: &Arc<T>) -> bool {
    Arc::ptr_eq(a, b)
}

/// Calls any two values different, so that every write counts as a change.
///
/// # Examples
///
/// ```
/// assert!(!store::same::never(&1, &1));
/// ```
pub fn never<T: ?Sized>(_: &T, _: &T) -> bool {
    false
}

/// What is made of floats and can be compared with NaN the same as itself.
trait Floats: 'static {
    fn same(&self, other: &Self) -> bool;
}

macro_rules! float {
    ($($Float:ty),*) => {$(
        impl Floats for $Float {
            fn same(&self, other: &Self) -> bool {
                self == other || (self.is_nan() && other.is_nan())
            }
        }
    )*};
}
float!(f32, f64);

impl<F: Floats> Floats for [F] {
    fn same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.same(b))
    }
}

impl<F: Floats> Floats for Option<F> {
    fn same(&self, other: &Self) -> bool {
        self.as_slice().same(other.as_slice())
    }
}

impl<F: Floats, const N: usize> Floats for [F; N] {
    fn same(&self, other: &Self) -> bool {
        self.as_slice().same(other.as_slice())
    }
}

macro_rules! pointer {
    ($($Pointer:ty),*) => {$(
        impl<F: Floats> Floats for $Pointer {
            fn same(&self, other: &Self) -> bool {
                (**self).same(&**other)
            }
        }
    )*};
}
pointer!(Vec<F>, Box<[F]>, Arc<[F]>);

macro_rules! tuple {
    ($($F:ident $index:tt),*) => {
        impl<$($F: Floats),*> Floats for ($($F,)*) {
            fn same(&self, other: &Self) -> bool {
                $(self.$index.same(&other.$index))&&*
            }
        }
    };
}
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);

/// For any one `T` all but one of these type tests are known to fail when it is compiled.
fn same_floats<T: 'static>(a: &T, b: &T) -> bool {
    fn as_type<F: Floats>(a: &dyn Any, b: &dyn Any) -> bool {
        match (a.downcast_ref::<F>(), b.downcast_ref::<F>()) {
            (Some(a), Some(b)) => a.same(b),
            _ => false,
        }
    }
    macro_rules! any {
        ($($F:ident),*) => {
            $(as_type::<$F>(a, b)
                || as_type::<Option<$F>>(a, b)
                || as_type::<Vec<$F>>(a, b)
                || as_type::<Box<[$F]>>(a, b)
                || as_type::<Arc<[$F]>>(a, b)
                || as_type::<[$F; 2]>(a, b)
                || as_type::<[$F; 3]>(a, b)
                || as_type::<[$F; 4]>(a, b)
                || as_type::<($F, $F)>(a, b)
                || as_type::<($F, $F, $F)>(a, b)
                || as_type::<($F, $F, $F, $F)>(a, b))||*
        };
    }
    any!(f64, f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(PartialEq)]
    struct Point {
        x: f64,
    }

    #[test]
    fn t6_nan_is_the_same_as_itself() {
        assert!(by_value(&f32::NAN, &f32::NAN));
        assert!(by_value(&vec![1.0, f64::NAN], &vec![1.0, f64::NAN]));
        assert!(by_value(&[f32::NAN, 0.0], &[f32::NAN, -0.0]));
        assert!(by_value(&(f64::NAN, 2.0), &(f64::NAN, 2.0)));
        let shared = || Arc::<[f64]>::from([f64::NAN]);
        assert!(by_value(&shared(), &shared()));
    }

    #[test]
    fn t6_nan_differs_from_numbers() {
        assert!(!by_value(&f64::NAN, &0.0));
        assert!(!by_value(&Some(f64::NAN), &None));
        assert!(!by_value(&vec![f64::NAN], &vec![f64::NAN, f64::NAN]));
        assert!(!by_value(&(f32::NAN, 1.0_f32), &(f32::NAN, 2.0)));
    }

    #[test]
    fn t6_a_nan_deep_inside_is_the_same_only_in_the_same_place() {
        let (one, other) = (Point { x: f64::NAN }, Point { x: f64::NAN });
        assert!(by_value(&one, &one));
        assert!(!by_value(&one, &other));
    }
}
