// Does the desktop want dark windows? Asked from the settings portal that today's desktops share
// (https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html), because Qt 6.4 cannot say.
#pragma once

#include <QObject>
#include <optional>

class QDBusVariant;

namespace incipit::ui {

class SystemColours : public QObject {
  Q_OBJECT
 public:
  static SystemColours& instance();
  std::optional<bool> dark() const { return m_dark; }  // nullopt: the desktop does not say

 signals:
  void changed();

 private slots:
  void settingChanged(const QString& group, const QString& key, const QDBusVariant& value);

 private:
  SystemColours();
  void take(const QVariant& value);

  std::optional<bool> m_dark;
};

}  // namespace incipit::ui
