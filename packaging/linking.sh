# What the library is linked as, and with.
soname=libmilvus_client.so.0
# What a program that links the static library needs as well: `rustc --print native-static-libs`, and that a plugin which
# holds it stays when it is unloaded, as the library's threads do.
static_libs="-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc -Wl,-z,nodelete"
