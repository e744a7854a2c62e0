//! What the ranks of a group can do together.

/// A group of ranks, numbered from 0, that can add up a few scalars and average a vector of type `V`.
///
/// Both operations wait until every rank has called them, in the same order and with the same lengths, and both
/// leave **the same bits on every rank**. Each rank decides by them on its own what to do next, so two ranks with
/// different last bits could take different branches and wait for each other for ever. Where the network adds in an
/// order of its own, let rank 0 have the result and broadcast it.
///
/// ```
/// use std::convert::Infallible;
/// use gols::parallel::Collective;
///
/// /// A group of one.
/// struct Alone;
///
/// impl<V> Collective<V> for Alone {
///     type Error = Infallible;
///     fn rank(&self) -> usize { 0 }
///     fn size(&self) -> usize { 1 }
///     fn sum(&self, _scalars: &mut [f64]) -> Result<(), Infallible> { Ok(()) }
///     fn average(&self, _vector: &mut V) -> Result<(), Infallible> { Ok(()) }
/// }
/// ```
///
/// # Tensors
///
/// The collectives of this crate and of `gols-mpi` are for `Vec<f32>` and `Vec<f64>`. For another vector put one of them
/// into a type of your own and hand it the numbers, a tensor at a time. A framework's tensors come to the host for it,
/// once an iteration; probes of the search are scalars, and stay cheap:
///
/// ```
/// use gols::parallel::{Collective, ThreadCollective, ThreadError};
///
/// /// A framework's tensor: a shape, and numbers on a device.
/// struct Tensor { numbers: Vec<f32> }
/// impl Tensor {
///     fn to_host(&self) -> Vec<f32> { self.numbers.clone() }
///     fn from_host(numbers: Vec<f32>) -> Self { Self { numbers } }
/// }
///
/// struct Tensors(ThreadCollective);
///
/// impl Collective<Vec<Tensor>> for Tensors {
///     type Error = ThreadError; // or an enum of it and the framework's
///     fn rank(&self) -> usize { self.0.rank() }
///     fn size(&self) -> usize { self.0.size() }
///     fn sum(&self, scalars: &mut [f64]) -> Result<(), ThreadError> {
///         Collective::<Vec<f32>>::sum(&self.0, scalars)
///     }
///     fn average(&self, vector: &mut Vec<Tensor>) -> Result<(), ThreadError> {
///         for tensor in vector {
///             let mut numbers = tensor.to_host();
///             self.0.average(&mut numbers)?;
///             *tensor = Tensor::from_host(numbers);
///         }
///         Ok(())
///     }
/// }
///
/// let workers: Vec<_> = ThreadCollective::group(2)?.into_iter().map(Tensors)
///     .map(|collective| std::thread::spawn(move || {
///         let mut vector = vec![Tensor { numbers: vec![collective.rank() as f32; 3] }];
///         collective.average(&mut vector).map(|()| vector[0].to_host())
///     }))
///     .collect();
/// for worker in workers {
///     assert_eq!(worker.join().unwrap()?, [0.5; 3]);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Collective<V> {
    /// What can go wrong with the network. The group is not used again after an error.
    type Error;

    /// This rank's number, in 0..[`size`](Self::size).
    fn rank(&self) -> usize;

    /// The number of ranks R, at least 1.
    fn size(&self) -> usize;

    /// `scalars`\[i\] ← Σ_r `scalars`\[i\] of rank r, with the same bits on every rank.
    ///
    /// A group of one leaves them as they are; whole numbers are added exactly up to 2⁵³.
    ///
    /// # Errors
    /// The network's own. An implementation that can tell should fail on every rank rather than wait for one that
    /// has gone.
    fn sum(&self, scalars: &mut [f64]) -> Result<(), Self::Error>;

    /// `vector` ← 1/R Σ_r `vector` of rank r, with the same bits on every rank.
    ///
    /// A group of one leaves it as it is.
    ///
    /// # Errors
    /// The network's own, as for [`sum`](Self::sum).
    fn average(&self, vector: &mut V) -> Result<(), Self::Error>;
}

impl<V, C: Collective<V> + ?Sized> Collective<V> for &C {
    type Error = C::Error;

    fn rank(&self) -> usize {
        (**self).rank()
    }

    fn size(&self) -> usize {
        (**self).size()
    }

    fn sum(&self, scalars: &mut [f64]) -> Result<(), C::Error> {
        (**self).sum(scalars)
    }

    fn average(&self, vector: &mut V) -> Result<(), C::Error> {
        (**self).average(vector)
    }
}
