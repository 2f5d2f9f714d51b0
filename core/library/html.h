// The little HTML and SVG that a report is made of. Everything that comes from outside is escaped.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace incipit::html {

std::string escaped(std::string_view text);
std::string heading(int level, std::string_view text);
std::string paragraph(std::string_view text);

struct Table {
  std::vector<std::string> header;  // empty: none
  std::vector<std::vector<std::string>> rows;
  std::vector<bool> numbers = {};  // columns that are set to the right
};
std::string table(const Table& table);

// A curve, or dots, over x. Points that are no number are left out.
struct Series {
  std::string name;
  std::vector<std::pair<double, double>> points;
  bool dots = false, faint = false;
  int colour = 0;  // of Okabe and Ito's eight, in turn
};
// A picture of its own, with axes and a legend; "" where no series has a point. `percent`: the y axis counts shares as per cent.
std::string plot(const std::vector<Series>& series, std::string_view xTitle, std::string_view yTitle, bool percent = false);

// The whole page, complete in itself: no script, nothing from elsewhere; light and dark as the reader's system is.
std::string page(std::string_view title, std::string_view body);

}  // namespace incipit::html
