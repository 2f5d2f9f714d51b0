#include "core/library/html.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace incipit::html {
namespace {

// jfly.uni-koeln.de/color: told apart with every kind of colour vision; the black is the text's own.
constexpr std::array colours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999"};
constexpr double width = 760, height = 240, left = 64, right = 16, top = 12, bottom = 40;
constexpr std::size_t mostPoints = 1500;

std::string number(double value, int digits = 1) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

struct Axis {
  double low = std::numeric_limits<double>::infinity(), high = -low, step = 1;

  void take(double value) { low = std::min(low, value), high = std::max(high, value); }
  bool any() const { return low <= high; }
  // A step of 1, 2 or 5 times a power of ten, five or so of them.
  void settle() {
    if (high - low < 1e-9 * std::max(1.0, std::abs(high))) low -= 0.5, high += 0.5;
    const double rough = (high - low) / 5, power = std::pow(10, std::floor(std::log10(rough)));
    const double share = rough / power;
    step = power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
    low = std::floor(low / step) * step;
    high = std::ceil(high / step) * step;
  }
  double share(double value) const { return (value - low) / (high - low); }
  int digits() const { return std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9))); }
};

std::vector<std::pair<double, double>> drawn(const Series& series) {
  std::vector<std::pair<double, double>> points;
  for (const auto& point : series.points)
    if (std::isfinite(point.first) && std::isfinite(point.second)) points.push_back(point);
  if (points.size() <= mostPoints) return points;
  std::vector<std::pair<double, double>> fewer;
  for (std::size_t i = 0; i < mostPoints; ++i)
    fewer.push_back(points[i * (points.size() - 1) / (mostPoints - 1)]);
  return fewer;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
    case '&':
      result += "&amp;";
      break;
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '"':
      result += "&quot;";
      break;
    case '\'':
      result += "&#39;";
      break;
    default:
      const bool control = static_cast<unsigned char>(c) < 32 && c != '\n' && c != '\t';
      result += control ? ' ' : c;
    }
  }
  return result;
}

std::string heading(int level, std::string_view text) {
  const std::string tag = "h" + std::to_string(level);
  return "<" + tag + ">" + escaped(text) + "</" + tag + ">\n";
}

std::string paragraph(std::string_view text) { return "<p>" + escaped(text) + "</p>\n"; }

std::string table(const Table& table) {
  const auto cell = [&](const char* tag, const std::string& text, std::size_t column) {
    const bool number = column < table.numbers.size() && table.numbers[column];
    return std::string("<") + tag + (number ? " class=\"n\">" : ">") + escaped(text) + "</" + tag + ">";
  };
  std::string text = "<div class=\"wide\"><table>\n";
  if (!table.header.empty()) {
    text += "<tr>";
    for (std::size_t column = 0; column < table.header.size(); ++column)
      text += cell("th", table.header[column], column);
    text += "</tr>\n";
  }
  for (const auto& row : table.rows) {
    text += "<tr>";
    for (std::size_t column = 0; column < row.size(); ++column)
      text += cell("td", row[column], column);
    text += "</tr>\n";
  }
  return text + "</table></div>\n";
}

std::string plot(const std::vector<Series>& series, std::string_view xTitle, std::string_view yTitle, bool percent) {
  Axis x, y;
  for (const Series& one : series)
    for (const auto& [at, value] : drawn(one))
      x.take(at), y.take(value);
  if (!x.any()) return {};
  x.settle(), y.settle();
  if (percent) y.high = std::min(y.high, 1.0), y.low = std::max(y.low, 0.0);
  const auto across = [&](double value) { return left + x.share(value) * (width - left - right); };
  const auto up = [&](double value) { return height - bottom - y.share(value) * (height - top - bottom); };
  std::string svg = "<figure><svg viewBox=\"0 0 " + number(width, 0) + " " + number(height, 0) + "\" role=\"img\" aria-label=\"" +
                    escaped(yTitle) + " over " + escaped(xTitle) + "\">\n";
  for (double tick = y.low; tick <= y.high + y.step / 2; tick += y.step) {
    svg += "<line class=\"g\" x1=\"" + number(left) + "\" x2=\"" + number(width - right) + "\" y1=\"" + number(up(tick)) + "\" y2=\"" +
           number(up(tick)) + "\"/><text class=\"e\" x=\"" + number(left - 8) + "\" y=\"" + number(up(tick) + 4) + "\">" +
           (percent ? number(100 * tick, std::max(0, y.digits() - 2)) + " %" : number(tick, y.digits())) + "</text>\n";
  }
  for (double tick = x.low; tick <= x.high + x.step / 2; tick += x.step)
    svg += "<text class=\"m\" x=\"" + number(across(tick)) + "\" y=\"" + number(height - bottom + 16) + "\">" + number(tick, x.digits()) +
           "</text>\n";
  svg += "<text class=\"m\" x=\"" + number((left + width - right) / 2) + "\" y=\"" + number(height - 6) + "\">" + escaped(xTitle) +
         "</text>\n";
  svg += "<text class=\"m\" transform=\"translate(14 " + number((top + height - bottom) / 2) + ") rotate(-90)\">" + escaped(yTitle) +
         "</text>\n";
  for (const Series& one : series) {
    const std::string colour = colours[static_cast<std::size_t>(one.colour) % colours.size()];
    const auto points = drawn(one);
    if (points.empty()) continue;
    if (one.dots) {
      for (const auto& [at, value] : points)
        svg += "<circle cx=\"" + number(across(at)) + "\" cy=\"" + number(up(value)) + "\" r=\"3\" fill=\"" + colour + "\"/>";
      svg += "\n";
      continue;
    }
    svg +=
        "<polyline fill=\"none\" stroke=\"" + colour + "\" stroke-width=\"" + (one.faint ? "0.7\" opacity=\"0.45" : "2") + "\" points=\"";
    for (const auto& [at, value] : points)
      svg += number(across(at)) + "," + number(up(value)) + " ";
    svg += "\"/>\n";
  }
  svg += "</svg><figcaption>";
  for (const Series& one : series)
    if (!one.points.empty())
      svg += "<span><i style=\"background:" + std::string(colours[static_cast<std::size_t>(one.colour) % colours.size()]) +
             (one.faint ? ";opacity:.45" : "") + "\"></i>" + escaped(one.name) + "</span> ";
  return svg + "</figcaption></figure>\n";
}

std::string page(std::string_view title, std::string_view body) {
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
         "initial-scale=1\">"
         "<title>" +
         escaped(title) +
         "</title><style>\n"
         ":root{--text:#1c1f23;--soft:#5b6470;--line:#d5dae0;--back:#fff;--card:#f6f7f9}\n"
         "@media(prefers-color-scheme:dark){:root{--text:#e6e8eb;--soft:#a4adb8;--line:#3a424c;--back:#17191c;--card:#1f2327}}\n"
         "body{font:15px/1.55 system-ui,sans-serif;color:var(--text);background:var(--back);max-width:60rem;margin:2.5rem auto;padding:0 "
         "1.5rem}\n"
         "h1{font-size:1.7rem;margin:0 0 .3rem}h2{font-size:1.25rem;margin:2.4rem 0 .4rem;border-top:1px solid "
         "var(--line);padding-top:1.4rem}"
         "h3{font-size:1rem;margin:1.5rem 0 .3rem}\n"
         "p{margin:.4rem 0}table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.25rem .8rem .25rem "
         "0;text-align:left;"
         "vertical-align:top;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:500}.n{text-align:right}\n"
         ".wide{overflow-x:auto;margin:.5rem 0}figure{margin:.6rem 0}svg{width:100%;height:auto;font:11px system-ui,sans-serif}"
         "svg text{fill:var(--soft)}.e{text-anchor:end}.m{text-anchor:middle}.g{stroke:var(--line)}\n"
         "figcaption{color:var(--soft);font-size:.85rem}figcaption span{margin-right:1rem;white-space:nowrap}figcaption "
         "i{display:inline-block;width:.7rem;"
         "height:.7rem;border-radius:2px;margin-right:.35rem}\n"
         "pre{background:var(--card);padding:.8rem 1rem;border-radius:6px;overflow-x:auto}details{margin:.5rem "
         "0}summary{cursor:pointer;color:var(--soft)}\n"
         "</style></head><body>\n" +
         std::string(body) + "</body></html>\n";
}

}  // namespace incipit::html
