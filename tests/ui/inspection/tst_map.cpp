// The map: what is near the pointer, names that never overlap and become more, chips that choose, a lasso, a search; and the panel's prompt
// that goes where the workspace's goes.
#include "ui/inspection/map_labels.h"
#include "ui/inspection/map_panel.h"
#include "ui/inspection/map_view.h"
#include "ui/jobs/long_work.h"
#include "ui/plots/empty_state.h"
#include "ui/workspace/workspace.h"

#include <QComboBox>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QStackedLayout>
#include <QTemporaryDir>
#include <QWheelEvent>
#include <QtTest>
#include <cmath>
#include <random>

using namespace incipit;
using namespace incipit::ui;

class TestMap : public QObject {
  Q_OBJECT

  QTemporaryDir m_cache;

  static std::vector<QPointF> cloud(int count) {
    std::mt19937 engine(1);
    std::normal_distribution<double> normal;
    std::vector<QPointF> points;
    for (int i = 0; i < count; ++i)
      points.emplace_back(10 * normal(engine), 10 * normal(engine));
    return points;
  }
  static std::unique_ptr<MapView> viewOf(std::vector<QPointF> points) {
    auto view = std::make_unique<MapView>();
    view->resize(800, 500);
    std::vector<int> worth;
    for (int i = 0; i < int(points.size()); ++i)
      worth.push_back(i);
    view->setPoints(std::move(points), worth,
                    {[](int point) { return QStringLiteral("token%1").arg(point); }, [](int point) { return QString::number(point); }, {}});
    view->show();
    view->grab();
    return view;
  }
  static void wheel(MapView& view, const QPointF& at, int notches) {
    QWheelEvent event(at, view.mapToGlobal(at), {}, {0, 120 * notches}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&view, &event);
    view.grab();
  }
  static void drag(MapView& view, const QList<QPoint>& way, Qt::KeyboardModifiers modifiers) {
    QTest::mousePress(&view, Qt::LeftButton, modifiers, way.first());
    for (const auto& at : way) {
      QMouseEvent move(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, Qt::LeftButton, modifiers);
      QApplication::sendEvent(&view, &move);
    }
    QTest::mouseRelease(&view, Qt::LeftButton, modifiers, way.last());
    view.grab();
  }

 private slots:
  void initTestCase() { qputenv("XDG_CACHE_HOME", m_cache.path().toUtf8()); }

  void roomIsTakenOnce() {
    LabelRoom room(QRectF(0, 0, 200, 100));
    QVERIFY(room.take({10, 10, 50, 20}));
    QVERIFY(!room.take({40, 20, 50, 20}));
    QVERIFY(room.take({70, 10, 50, 20}));
    QVERIFY(!room.take({180, 10, 50, 20}));  // out of the room
    QCOMPARE(room.taken().size(), std::size_t(2));
  }

  void everythingIsShownAtFirst() {
    const auto view = viewOf(cloud(2000));
    for (const auto& point : cloud(2000))
      QVERIFY(QRectF(view->rect()).contains(view->window().toScreen(point)));
    QCOMPARE(view->pointAt(view->window().toScreen(cloud(2000)[7])), 7);
    QCOMPARE(view->pointAt({-500, -500}), -1);
    QTest::mouseMove(view.get(), view->window().toScreen(cloud(2000)[7]).toPoint());
    QTRY_VERIFY(view->hovered() >= 0);  // and has its name
    view->grab();
  }

  void whatIsUnderThePointerStaysThere() {
    const auto view = viewOf(cloud(500));
    const QPointF at(200, 120);
    const auto before = view->window().fromScreen(at);
    wheel(*view, at, 5);
    const auto after = view->window().fromScreen(at);
    QVERIFY(std::hypot(after.x() - before.x(), after.y() - before.y()) < 1e-9);
    const auto scale = view->window().scale;
    drag(*view, {{300, 200}, {340, 180}, {380, 170}}, Qt::NoModifier);
    QCOMPARE(view->window().scale, scale);
    const auto moved = view->window().toScreen(after);
    QVERIFY2(std::abs(moved.x() - 280) < 1 && std::abs(moved.y() - 90) < 1, qPrintable(QString::number(moved.x())));
    QTest::keyClick(view.get(), Qt::Key_Home);
    QVERIFY(view->window().scale < scale);
  }

  void namesNeverOverlapAndBecomeMore() {
    const auto view = viewOf(cloud(20000));
    const auto atFirst = view->names().size();
    QVERIFY(atFirst > 8);
    for (int step = 0; step < 4; ++step) {
      const auto& names = view->names();
      for (std::size_t i = 0; i < names.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
          QVERIFY(!names[i].second.intersects(names[j].second));
      wheel(*view, QPointF(400, 250), 4);
    }
    QVERIFY2(view->names().size() > atFirst, qPrintable(QString::number(view->names().size())));
  }

  void aLookForTokensNamesThemFirst() {
    const auto view = viewOf(cloud(20000));
    view->setFound({19999, 19998});
    view->bring(19999);
    view->grab();
    QCOMPARE(view->names().front().first, 19999);
    const auto at = view->window().toScreen(cloud(20000)[19999]);
    QVERIFY(std::abs(at.x() - 400) < 1 && std::abs(at.y() - 250) < 1);
  }

  void chipsAreChosenAndALassoGoesAround() {
    const auto view = viewOf(cloud(300));
    view->setRows({{0, {0, 0}, {}}, {1, {0.01, 0}, {}}, {2, {12, 8}, {{-5, -5}, {2, 2}}}});
    view->grab();
    QSignalSpy chosen(view.get(), &MapView::rowsChosen), toggled(view.get(), &MapView::rowToggled),
        none(view.get(), &MapView::chooseNothing);
    const auto third = view->window().toScreen({12, 8}).toPoint();
    QCOMPARE(view->rowAt(third).value_or(-1), std::int64_t(2));
    QTest::mouseClick(view.get(), Qt::LeftButton, {}, third);
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(chosen.first().first().value<std::vector<std::int64_t>>(), std::vector<std::int64_t>{2});
    QTest::mouseClick(view.get(), Qt::LeftButton, Qt::ControlModifier, third);
    QCOMPARE(toggled.count(), 1);
    QTest::mouseClick(view.get(), Qt::LeftButton, {}, QPoint(3, 3));
    QCOMPARE(none.count(), 1);
    const auto middle = view->window().toScreen({0, 0}).toPoint();
    drag(*view, {middle + QPoint(-40, -40), middle + QPoint(40, -40), middle + QPoint(40, 40), middle + QPoint(-40, 40)},
         Qt::ShiftModifier);
    QCOMPARE(chosen.count(), 2);
    QCOMPARE(chosen.last().first().value<std::vector<std::int64_t>>(), (std::vector<std::int64_t>{0, 1}));
    QVERIFY(!view->inLasso().empty());
    for (const int point : view->inLasso())
      QVERIFY(QRect(middle - QPoint(42, 42), QSize(84, 84)).contains(view->window().toScreen(cloud(300)[std::size_t(point)]).toPoint()));
  }

  void closeTogetherMeansDarker() {
    PointsPicture first, second;
    const auto& one = first.draw({{0, 0}}, {{0, 0}, 1, {20, 20}}, 1, 2, 0.34, Qt::black, Qt::white);
    const auto& many = second.draw(std::vector<QPointF>(20, {0, 0}), {{0, 0}, 1, {20, 20}}, 2, 2, 0.34, Qt::black, Qt::white);
    QCOMPARE(one.size(), QSize(20, 20));
    QCOMPARE(many.size(), QSize(40, 40));
    QVERIFY(qGray(one.pixel(10, 10)) < 200);
    QVERIFY(qGray(many.pixel(20, 20)) < 30);
    QCOMPARE(qGray(one.pixel(0, 0)), 255);
    const auto& far = first.draw({{1e300, 0}, {std::nan(""), 1}}, {{0, 0}, 1, {20, 20}}, 1, 2, 0.34, Qt::black, Qt::white);
    QCOMPARE(qGray(far.pixel(10, 10)), 255);  // and the point of before is gone
  }

  void withoutAModelItSaysWhatWillAppear() {
    Jobs jobs;
    Workspace workspace(jobs);
    MapPanel panel(workspace);
    panel.resize(700, 500);
    panel.show();
    QTest::qWait(50);
    QVERIFY(panel.findChild<EmptyState*>()->accessibleName().contains(QStringLiteral("No model")));
    QVERIFY(!panel.view()->isVisible());
  }

  // The demo's vocabulary is laid out by itself, its starting prompt stands in it, and the selection is everybody's.
  void theDemoIsLaidOut() {
    Jobs jobs;
    Workspace workspace(jobs);
    MapPanel panel(workspace);
    panel.resize(900, 600);
    panel.show();
    workspace.openModel(QStringLiteral("demo"));
    QTRY_VERIFY_WITH_TIMEOUT(panel.view()->isVisible(), 60000);
    QTRY_VERIFY_WITH_TIMEOUT(!panel.view()->rows().empty(), 20000);
    QCOMPARE(std::int64_t(panel.view()->rows().size()), workspace.prompt()->prompt.length());
    workspace.selection().choose({1, 3});
    QVERIFY(panel.tableText().count(u'\n') == 1 + int(panel.view()->rows().size()));

    auto* search = panel.findChild<QLineEdit*>(QStringLiteral("findOnMap"));
    search->setText(QStringLiteral("the"));
    panel.view()->grab();
    QTest::keyClick(search, Qt::Key_Return);
    QVERIFY(panel.view()->window().scale > 0);
    search->setText(QStringLiteral("<b>no such token"));
    bool said = false;
    for (const auto* label : panel.findChildren<QLabel*>())
      said |= label->isVisible() && label->textFormat() == Qt::PlainText && label->text().contains(QStringLiteral("No token"));
    QVERIFY(said);

    QTemporaryDir folder;
    for (const auto* ending : {"png", "svg", "pdf"}) {
      const auto file = folder.filePath(QStringLiteral("map.%1").arg(QLatin1String(ending)));
      QCOMPARE(panel.savePicture(file), QString());
      QVERIFY(QFileInfo(file).size() > 1000);
    }
    QVERIFY(!panel.savePicture(folder.filePath(QStringLiteral("map"))).isEmpty());

    // Another model: what was laid out for the old one goes.
    workspace.openModel(QStringLiteral(INCIPIT_FIXTURES_DIR "/llama/model"));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model() && workspace.model()->name != "demo", 20000);
    QVERIFY(panel.view()->rows().empty());
    QTRY_VERIFY_WITH_TIMEOUT(panel.view()->isVisible(), 60000);
  }

  // A layout that takes long is offered, can be given up, and is not begun again by itself.
  void aLayoutCanBeGivenUp() {
    Jobs jobs;
    Workspace workspace(jobs);
    MapPanel panel(workspace);
    panel.resize(900, 600);
    panel.setMethod(ProjectionMethod::Tsne);
    panel.show();
    workspace.openModel(QStringLiteral("demo"));
    QTRY_VERIFY_WITH_TIMEOUT(workspace.model() != nullptr, 20000);
    auto* empty = panel.findChild<EmptyState*>();
    QTRY_VERIFY_WITH_TIMEOUT(!jobs.busy(QStringLiteral("map layout")) || !jobs.longWork().isEmpty(), 20000);
    if (jobs.longWork().isEmpty()) panel.layOut();
    QCOMPARE(jobs.longWork().size(), 1);
    jobs.longWork().first()->cancel();
    QVERIFY(jobs.longWork().isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(empty->accessibleName().contains(QStringLiteral("Not laid out")), 20000);
    QVERIFY(!panel.view()->isVisible());
    panel.setMethod(ProjectionMethod::Pca);
    QTRY_VERIFY_WITH_TIMEOUT(panel.view()->isVisible(), 60000);
  }
};

QTEST_MAIN(TestMap)
#include "tst_map.moc"
