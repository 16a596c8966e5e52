# For folders of tests/ whose programs measure, or hold the optimizer to something: compiled like the server.
get_directory_property(options COMPILE_OPTIONS)
list(REMOVE_ITEM options -O0)
set_directory_properties(PROPERTIES COMPILE_OPTIONS "${options}")
