// What went wrong, as the interface shows it: a sentence and a next step. Errors of core end here (ui/jobs).
#pragma once

#include <QMetaType>
#include <QString>
#include <exception>

namespace incipit::ui {

struct Problem {
  QString what;        // what failed, on which file, tensor or line; empty: no problem
  QString remedy;      // what to try; may be empty
  QString whole = {};  // both with the whole paths of files, for who wants to know; may be empty

  bool empty() const { return what.isEmpty(); }
  QString text() const { return remedy.isEmpty() ? what : what + QLatin1Char(' ') + remedy; }
};

// The sentences of a caught exception; an incipit::Error keeps its two parts.
Problem problemFrom(const std::exception_ptr& error);

}  // namespace incipit::ui

Q_DECLARE_METATYPE(incipit::ui::Problem)
