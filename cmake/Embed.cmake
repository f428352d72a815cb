# weir_embed(TARGET FOLDER FUNCTION HEADER): the files of FOLDER become part of TARGET, as they are when it is built.
# FUNCTION, declared in HEADER as `std::string_view weir::cli::FUNCTION(std::string_view name)`, gives each by its name.
#
# Run as a script (cmake -P) it writes the source.
if(CMAKE_SCRIPT_MODE_FILE)
  set(text "// Written by cmake/Embed.cmake.\n#include \"${HEADER}\"\n\n")
  string(APPEND text "namespace weir::cli {\n\nstd::string_view ${FUNCTION}(std::string_view name) {\n")
  file(GLOB names RELATIVE ${FOLDER} ${FOLDER}/*)
  foreach(name ${names})
    file(READ ${FOLDER}/${name} content)
    string(APPEND text "  if (name == \"${name}\") return R\"~weir~(${content})~weir~\";\n")
  endforeach()
  file(WRITE ${OUT} "${text}  return {};\n}\n\n}  // namespace weir::cli\n")
  return()
endif()

set(WEIR_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(weir_embed target folder function header)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DFUNCTION=${function} -DHEADER=${header} -DOUT=${source}
            -P ${WEIR_EMBED_SCRIPT}
    DEPENDS ${files} ${WEIR_EMBED_SCRIPT} VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
