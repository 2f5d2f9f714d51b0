// What the studio remembers between two starts. Everything else is in the files that the user opens and saves.
#pragma once

#include "ui/settings/theme.h"

#include <QByteArray>
#include <QStringList>

namespace incipit::ui::settings {

Theme theme();
void setTheme(Theme theme);

// Newest first, at most eight of a kind.
enum class Recent { Model, Data, Adapter, Run };
QStringList recent(Recent kind);
void remember(Recent kind, const QString& path);
void forget(Recent kind, const QString& path);

// The window's geometry and the places of its docks.
QByteArray geometry();
QByteArray docks();
void setWindow(const QByteArray& geometry, const QByteArray& docks);

// Whether a setup step is folded. At the first start only the prompt is unfolded: model, data and training are one line each.
bool folded(int step);
void setFolded(int step, bool folded);

// Whether a training folds the setup column to its rail until it ends.
bool foldsSetup();
void setFoldsSetup(bool folds);

// Where the file dialog for a purpose ("model", "data", "export" ...) begins: at what was opened or written last, beside it when it is
// gone.
QString startOf(const QString& purpose);
void setLast(const QString& purpose, const QString& path);

// Seconds for a token that a model reads forwards in a training, by what was timed (model, precision, threads); 0: never timed here.
double speed(const QString& key);
void setSpeed(const QString& key, double seconds);

// Where new runs go: INCIPIT_RUNS when set, else Documents/Incipit runs.
QString runsFolder();

}  // namespace incipit::ui::settings
