// Which variable a name means. Jinja settles it when it compiles a template (jinja2/idtracking.py), not when it runs one: a name that is
// set anywhere in a block belongs to that block, and what a macro sees depends on where it was written. The same is done here, so that
// every name becomes a place in a scope.
#pragma once

#include "core/chat/syntax_tree.h"

namespace incipit::chat {

// Fills in the places and scopes of the tree, and refuses what Jinja refuses when it compiles: unknown filters and tests that stand
// outside any condition, and assignments to `loop`.
void resolveNames(Tree& tree);

}  // namespace incipit::chat
