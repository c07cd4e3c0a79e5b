# What the library is linked as, and with.
soname=libmilvus_client.so.0
# What a program that links the static library needs as well: `rustc --print native-static-libs` without -lgcc_s, which
# each compiler adds itself (or -lgcc_eh for a program that is all static), and that a plugin which holds it stays when it
# is unloaded, as the library's threads do.
static_libs="-lutil -lrt -lpthread -lm -ldl -lc -Wl,-z,nodelete"
