#include "ui/settings/system_colours.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVariant>
#include <QFile>
#include <QStandardPaths>

namespace incipit::ui {
namespace {

const auto service = QStringLiteral("org.freedesktop.portal.Desktop");
const auto object = QStringLiteral("/org/freedesktop/portal/desktop");
const auto portal = QStringLiteral("org.freedesktop.portal.Settings");
const auto appearance = QStringLiteral("org.freedesktop.appearance");
const auto scheme = QStringLiteral("color-scheme");
constexpr int patienceMilliseconds = 200;  // the start does not wait longer for an answer

// Asking without a session bus would start one.
bool hasBus() {
  return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS") ||
         QFile::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + QLatin1String("/bus"));
}

}  // namespace

SystemColours& SystemColours::instance() {
  static SystemColours colours;
  return colours;
}

SystemColours::SystemColours() {
  if (!hasBus()) return;
  auto bus = QDBusConnection::sessionBus();
  auto question = QDBusMessage::createMethodCall(service, object, portal, QStringLiteral("Read"));
  question << appearance << scheme;
  const auto answer = bus.call(question, QDBus::Block, patienceMilliseconds);
  if (answer.type() == QDBusMessage::ReplyMessage && !answer.arguments().isEmpty()) take(answer.arguments().first());
  bus.connect(service, object, portal, QStringLiteral("SettingChanged"), this, SLOT(settingChanged(QString, QString, QDBusVariant)));
}

void SystemColours::settingChanged(const QString& group, const QString& key, const QDBusVariant& value) {
  if (group != appearance || key != scheme) return;
  take(value.variant());
  emit changed();
}

// 0: no preference, 1: dark, 2: light; wrapped in one variant or two, depending on the portal's version.
void SystemColours::take(const QVariant& value) {
  auto inner = value;
  while (inner.canConvert<QDBusVariant>())
    inner = inner.value<QDBusVariant>().variant();
  const auto wish = inner.toUInt();
  m_dark = wish == 1 ? std::optional(true) : wish == 2 ? std::optional(false) : std::nullopt;
}

}  // namespace incipit::ui
