//! What a call leaves in vector registers. `memcpy` and the like copy texts through them. A program that binds functions
//! lazily, as many do, has its dynamic linker store all of them on the stack when it calls a function for the first time,
//! and so a token got into memory after the call that took it was over. (glibc, sysdeps/x86_64/dl-trampoline.h)

#![allow(unsafe_code)] // only assembly reaches registers by their names

/// Clears the registers when it is dropped.
pub(crate) struct ClearedRegisters;

impl Drop for ClearedRegisters {
    fn drop(&mut self) {
        clear();
    }
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
#[inline(never)] // a function may change all registers from 16 on
fn clear() {
    use std::arch::asm;

    macro_rules! clear {
        ($($instruction:literal)*) => {
            // SAFETY: the instructions change these registers, of which the compiler knows, and those that every function may
            // change.
            unsafe {
                asm!(
                    $($instruction,)*
                    out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _,
                    out("xmm4") _, out("xmm5") _, out("xmm6") _, out("xmm7") _,
                    out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _,
                    out("xmm12") _, out("xmm13") _, out("xmm14") _, out("xmm15") _,
                    options(nomem, nostack, preserves_flags),
                )
            }
        };
    }
    // Each clears the whole register, however wide it is. Only Xeon Phi has AVX-512 without VL, and keeps the upper sixteen.
    // Windows has the caller's values in some, which the compiler restores.
    if is_x86_feature_detected!("avx512vl") {
        clear!(
            "vpxord xmm16, xmm16, xmm16" "vpxord xmm17, xmm17, xmm17" "vpxord xmm18, xmm18, xmm18"
            "vpxord xmm19, xmm19, xmm19" "vpxord xmm20, xmm20, xmm20" "vpxord xmm21, xmm21, xmm21"
            "vpxord xmm22, xmm22, xmm22" "vpxord xmm23, xmm23, xmm23" "vpxord xmm24, xmm24, xmm24"
            "vpxord xmm25, xmm25, xmm25" "vpxord xmm26, xmm26, xmm26" "vpxord xmm27, xmm27, xmm27"
            "vpxord xmm28, xmm28, xmm28" "vpxord xmm29, xmm29, xmm29" "vpxord xmm30, xmm30, xmm30"
            "vpxord xmm31, xmm31, xmm31" "vzeroall"
        );
    } else if is_x86_feature_detected!("avx") {
        clear!("vzeroall");
    } else {
        clear!(
            "xorps xmm0, xmm0" "xorps xmm1, xmm1" "xorps xmm2, xmm2" "xorps xmm3, xmm3"
            "xorps xmm4, xmm4" "xorps xmm5, xmm5" "xorps xmm6, xmm6" "xorps xmm7, xmm7"
            "xorps xmm8, xmm8" "xorps xmm9, xmm9" "xorps xmm10, xmm10" "xorps xmm11, xmm11"
            "xorps xmm12, xmm12" "xorps xmm13, xmm13" "xorps xmm14, xmm14" "xorps xmm15, xmm15"
        );
    }
}

/// The lower halves of the registers from 8 to 15 belong to the caller.
#[cfg(all(target_arch = "aarch64", not(miri)))]
#[inline(never)] // a function may change the upper halves
fn clear() {
    // SAFETY: the instructions change these registers, of which the compiler knows, and what every function may change.
    unsafe {
        std::arch::asm!(
            "movi v0.2d, #0", "movi v1.2d, #0", "movi v2.2d, #0", "movi v3.2d, #0",
            "movi v4.2d, #0", "movi v5.2d, #0", "movi v6.2d, #0", "movi v7.2d, #0",
            "movi v16.2d, #0", "movi v17.2d, #0", "movi v18.2d, #0", "movi v19.2d, #0",
            "movi v20.2d, #0", "movi v21.2d, #0", "movi v22.2d, #0", "movi v23.2d, #0",
            "movi v24.2d, #0", "movi v25.2d, #0", "movi v26.2d, #0", "movi v27.2d, #0",
            "movi v28.2d, #0", "movi v29.2d, #0", "movi v30.2d, #0", "movi v31.2d, #0",
            "ins v8.d[1], xzr", "ins v9.d[1], xzr", "ins v10.d[1], xzr", "ins v11.d[1], xzr",
            "ins v12.d[1], xzr", "ins v13.d[1], xzr", "ins v14.d[1], xzr", "ins v15.d[1], xzr",
            out("v0") _, out("v1") _, out("v2") _, out("v3") _, out("v4") _, out("v5") _, out("v6") _, out("v7") _,
            out("v16") _, out("v17") _, out("v18") _, out("v19") _, out("v20") _, out("v21") _, out("v22") _,
            out("v23") _, out("v24") _, out("v25") _, out("v26") _, out("v27") _, out("v28") _, out("v29") _,
            out("v30") _, out("v31") _,
            options(nomem, nostack, preserves_flags),
        );
    }
}

/// Elsewhere it is not known which registers texts are copied through.
#[cfg(any(not(any(target_arch = "x86_64", target_arch = "aarch64")), miri))]
fn clear() {}
