# Writes the bytes of PAGE into SOURCE as VendorCodesPage(). Numbers, since compilers limit string literals.
file(READ ${PAGE} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
get_filename_component(name ${PAGE} NAME)
file(WRITE ${SOURCE}
"// Made from ${name} by the build.
#include \"errors/vendor_codes_page.h\"

namespace firstmile::errors {

absl::string_view VendorCodesPage() {
  static constexpr unsigned char kBytes[] = {${bytes}};
  return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes)};
}

}  // namespace firstmile::errors
")
