// Numbers as people read them.
#pragma once

#include <QString>
#include <cstdint>

namespace incipit::ui {

QString grouped(std::int64_t number);                          // 1,234,567 (in the user's locale)
QString rounded(std::int64_t number);                          // 5.1 M, 124 M, 1.3 B; small numbers in full
QString rowsText(std::int64_t rows);                           // 1 row, 286,634 rows
QString tokensText(std::int64_t tokens);                       // 1 token, 64 tokens
QString stepsText(std::int64_t steps);                         // 1 step, 1,000 steps
QString examplesText(std::int64_t examples);                   // 1 example, 8 examples
QString virtualTokensText(std::int64_t tokens);                // 1 virtual token, 20 virtual tokens
QString percentText(double share);                             // 93.2 %, of 0.932
QString bytesText(std::uint64_t bytes);                        // 12.4 MB
QString durationText(double seconds);                          // 3 min, 1 h 20 min, 8 s
QString rateText(double perSecond);                            // 1.8 steps/s, 4.2 s a step
QString elidedPath(const QString& path, int characters = 48);  // the end of a path, which tells more than its beginning

}  // namespace incipit::ui
