// What a path is: the window takes a model, data, an adapter or a run wherever it is dropped.
#pragma once

#include <QString>

namespace incipit::ui {

enum class Dropped { Model, Data, Adapter, Run, Nothing };
Dropped kindOf(const QString& path);
// The folder of a file that only makes sense with its neighbours (config.json, adapter_config.json); else the path itself.
QString wholeOf(const QString& path);

}  // namespace incipit::ui
