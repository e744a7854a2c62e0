//! The program: it ends with 0 if all comes out right, with 1 if something is too far off, with 2 on
//! an error.

#![no_std]
#![no_main]

use core::panic::PanicInfo;

use dlmalloc::GlobalDlmalloc;

#[global_allocator]
static ALLOCATOR: GlobalDlmalloc = GlobalDlmalloc;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Called by the C runtime.
#[unsafe(no_mangle)]
pub extern "C" fn main() -> i32 {
    match gols_bare::errors() {
        Ok(errors) if errors.iter().zip(gols_bare::BOUNDS).all(|(error, most)| *error <= most) => 0,
        Ok(_) => 1,
        Err(_) => 2,
    }
}
