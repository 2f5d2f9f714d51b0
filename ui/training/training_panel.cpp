#include "ui/training/training_panel.h"

#include "core/runs/carry_out.h"
#include "core/support/compute.h"
#include "core/training/recipes.h"
#include "core/training/validation.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/settings.h"
#include "ui/settings/theme.h"
#include "ui/training/estimate_line.h"
#include "ui/training/rate_dialog.h"
#include "ui/workspace/text.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace incipit::ui {
namespace {

QString optimizerTitle(Optimizer optimizer) {
  switch (optimizer) {
  case Optimizer::Adafactor:
    return TrainingPanel::tr("Adafactor");
  case Optimizer::Sgd:
    return TrainingPanel::tr("SGD with momentum");
  case Optimizer::Lion:
    return TrainingPanel::tr("Lion");
  default:
    return TrainingPanel::tr("AdamW");
  }
}

PlanForm::Choice optimizerChoice(Optimizer optimizer, const QString& help) {
  return {optimizerTitle(optimizer), help, [optimizer](TrainingPlan& plan) { plan.optimizer = optimizer; },
          [optimizer](const TrainingPlan& plan) { return plan.optimizer == optimizer; }};
}

PlanForm::Choice scheduleChoice(Schedule schedule, const QString& title, const QString& help) {
  return {title, help, [schedule](TrainingPlan& plan) { plan.schedule = schedule; },
          [schedule](const TrainingPlan& plan) { return plan.schedule == schedule; }};
}

PlanForm::Choice submodulesChoice(std::int64_t count, const QString& title, const QString& help) {
  return {title, help, [count](TrainingPlan& plan) { plan.numTransformerSubmodules = count; },
          [count](const TrainingPlan& plan) { return plan.numTransformerSubmodules == count; }};
}

PlanForm::Choice poolingChoice(Pooling pooling, const QString& title, const QString& help) {
  return {title, help, [pooling](TrainingPlan& plan) { plan.pooling = pooling; },
          [pooling](const TrainingPlan& plan) { return plan.pooling == pooling; }};
}

PlanForm::Choice headChoice(HeadInit init, const QString& title, const QString& help) {
  return {title, help, [init](TrainingPlan& plan) { plan.headInit = init; },
          [init](const TrainingPlan& plan) { return plan.headInit == init; }};
}

PlanForm::Choice metricChoice(BestMetric metric, const QString& title, const QString& help) {
  return {title, help, [metric](TrainingPlan& plan) { plan.metricForBestModel = metric; },
          [metric](const TrainingPlan& plan) { return plan.metricForBestModel == metric; }};
}

PlanForm::Choice networkChoice(Reparametrization method, const QString& title, const QString& help) {
  return {title, help, [method](TrainingPlan& plan) { plan.reparametrization = method; },
          [method](const TrainingPlan& plan) { return plan.reparametrization == method; }};
}

PlanForm::Choice precisionChoice(Precision precision, const QString& title, const QString& help) {
  return {title, help, [precision](TrainingPlan& plan) { plan.precision = precision; },
          [precision](const TrainingPlan& plan) { return plan.precision == precision; }};
}

}  // namespace

TrainingPanel::TrainingPanel(Workspace& workspace, QWidget* parent)
    : StepPanel(4, tr("Training"), parent), m_workspace(workspace), m_first(new PlanForm(workspace, this)),
      m_more(new PlanForm(workspace, this)), m_amount(helpLine({}, this)), m_fold(new QToolButton(this)) {
  setHelpPage(QStringLiteral("training"));
  addRecipes();
  buildFirst();
  addOffer();
  body()->addWidget(m_first);
  body()->addWidget(m_amount);
  body()->addWidget(new EstimateLine(workspace, this));
  m_fold->setText(tr("More settings"));
  m_fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_fold->setAutoRaise(true);
  m_fold->setCheckable(true);
  m_fold->setToolTip(tr("Schedule, validation, clipping, precision and the like; all have good defaults"));
  body()->addWidget(m_fold, 0, Qt::AlignLeft);
  buildAdvanced();
  body()->addWidget(m_more);
  connect(m_fold, &QToolButton::toggled, this, &TrainingPanel::showAdvanced);
  showAdvanced(QSettings().value(QStringLiteral("training/advanced"), false).toBool());

  connect(&workspace, &Workspace::planChanged, this, &TrainingPanel::refresh);
  connect(&workspace, &Workspace::dataChanged, this, &TrainingPanel::refresh);
  connect(&workspace, &Workspace::runEnded, this, &TrainingPanel::refresh);
  connect(&workspace, &Workspace::problemFound, this, [this](Step step, const ui::Problem& problem) {
    if (step == Step::Training) showProblem(problem);
  });
  m_first->refresh();
  m_more->refresh();
  refresh();
}

void TrainingPanel::buildFirst() {
  m_first->addRate({"learning_rate", tr("Learnin&g rate"),
                    tr("How far each step moves the virtual tokens. Too small: the loss hardly falls. Too large: it jumps about. "
                       "Prompt tuning wants far larger rates than fine-tuning: 0.03 with AdamW, 0.3 with Adafactor.")},
                   &TrainingPlan::learningRate);
  addLength();
  m_first->addCount({"batch_size", tr("&Batch size"),
                     tr("Examples that the model reads for one step. More make a calmer loss and need more memory and time.")},
                    &TrainingPlan::batchSize, {}, {tr("example"), tr("examples")});
  m_first->addChoice(
      {"optimizer", tr("&Optimizer"), tr("The rule that turns gradients into steps.")},
      {optimizerChoice(Optimizer::AdamW, tr("What nearly everybody uses, PEFT's examples too. Good rate: 0.03.")),
       optimizerChoice(Optimizer::Adafactor, tr("What the prompt tuning paper uses (Lester et al. 2021). Good rate: 0.3.")),
       optimizerChoice(Optimizer::Lion,
                       tr("Every number moves by the rate, only its direction is learned (Chen et al. 2023). Good rate: 0.003.")),
       optimizerChoice(Optimizer::Sgd,
                       tr("The plain rule. It needs far larger rates than the others, and nobody knows which: try several."))});
}

// Each recipe in one click, with its source and what it is good for; what it changes can be undone in one step.
void TrainingPanel::addRecipes() {
  auto* row = new QHBoxLayout;
  row->setSpacing(grid);
  auto* button = new QToolButton(this);
  button->setText(tr("Recipes"));
  button->setToolTip(tr("Settings that are known from somewhere: each sets steps 3 and 4 in one click, and Ctrl+Z takes it back"));
  button->setPopupMode(QToolButton::InstantPopup);
  auto* menu = new QMenu(button);
  menu->setToolTipsVisible(true);
  for (const auto& recipe : recipes()) {
    auto* action = menu->addAction(toText(recipe.title));
    action->setToolTip(plainToolTip(toText(recipe.goodFor + "\n" + recipe.source)));
    connect(action, &QAction::triggered, this,
            [this, &recipe] { m_workspace.editPlan(withRecipe(m_workspace.plan(), recipe), tr("Recipe: %1").arg(toText(recipe.title))); });
  }
  button->setMenu(menu);
  m_recipe = helpLine({}, this);
  row->addWidget(button);
  row->addWidget(m_recipe, 1);
  body()->addLayout(row);
}

// Beside the rate the range test; below the optimiser the rate that goes with it, which nobody sets but the user.
void TrainingPanel::addOffer() {
  m_test = new QPushButton(tr("Find…"), this);
  m_test->setProperty("plain", true);
  m_test->setToolTip(tr("Range test: which rate suits this model, this data and these settings? Nothing of a run is changed"));
  m_test->setAccessibleName(tr("Find the learning rate"));
  connect(m_test, &QPushButton::clicked, this, &TrainingPanel::testRate);
  m_first->addBeside("learning_rate", m_test);
  m_offer = new QPushButton(this);
  m_offer->setProperty("plain", true);
  connect(m_offer, &QPushButton::clicked, this, [this] {
    auto plan = m_workspace.plan();
    plan.learningRate = usualRate(plan.optimizer);
    m_workspace.editPlan(std::move(plan), tr("Take the usual rate"));
  });
  m_first->addBelow("optimizer", m_offer);
}

void TrainingPanel::testRate() {
  if (!m_rates) {
    m_rates = new RateDialog(m_workspace, window());
    m_rates->setAttribute(Qt::WA_DeleteOnClose);
  }
  m_rates->show();
  m_rates->raise();
  if (!m_rates->running()) m_rates->start();
}

// "200 steps" or "5 rounds": one number, and what it counts.
void TrainingPanel::addLength() {
  const PlanForm::Knob steps{"steps", tr("&Length"),
                             tr("How long to train: in steps of the optimizer, or in rounds (epochs) through the whole data.")};
  auto* pair = new QWidget(this);
  auto* row = new QHBoxLayout(pair);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(grid);
  auto* number = new QSpinBox(pair);
  number->setRange(1, 100'000'000);
  number->setGroupSeparatorShown(true);
  number->setMinimumWidth(grid * 8);
  number->setProperty("planField", true);
  number->setAccessibleName(tr("Length of the training"));
  auto* unit = new QComboBox(pair);
  unit->addItems({tr("steps"), tr("rounds")});
  unit->setAccessibleName(tr("Unit of the length"));
  unit->setItemData(1, tr("Rounds through the whole data, also called epochs"), Qt::ToolTipRole);
  row->addWidget(number, 1);
  row->addWidget(unit);
  pair->setFocusProxy(number);
  const auto set = [this, steps, number, unit] {
    m_first->edit(steps, [&](TrainingPlan& plan) {
      const bool rounds = unit->currentIndex() == 1;
      plan.epochs = rounds ? number->value() : 0;
      plan.steps = rounds ? 0 : number->value();
    });
  };
  connect(number, &QSpinBox::valueChanged, this, set);
  connect(unit, &QComboBox::activated, this, [number, set](int index) {
    // A number that meant steps makes no sense as rounds.
    const QSignalBlocker quiet(number);
    number->setValue(index == 1 ? 5 : 200);
    set();
  });
  m_first->add(steps, pair, [number, unit](const TrainingPlan& plan) {
    const QSignalBlocker quiet(number);
    const bool rounds = plan.epochs > 0;
    unit->setCurrentIndex(rounds ? 1 : 0);
    const auto wanted = static_cast<int>(rounds ? plan.epochs : plan.steps);
    if (number->value() != wanted) number->setValue(wanted);
  });
}

void TrainingPanel::buildAdvanced() {
  m_more->addTitle(tr("Steps"));
  m_more->addChoice(
      {"schedule", tr("S&chedule"), tr("How the learning rate changes over the run.")},
      {scheduleChoice(Schedule::Linear, tr("Linear, down to 0"), tr("Falls evenly to zero: big steps first, fine ones last.")),
       scheduleChoice(Schedule::Cosine, tr("Cosine, down to 0"), tr("Stays high for longer, then falls, and ends softly.")),
       scheduleChoice(Schedule::Constant, tr("Constant"), tr("The same rate all the way, as in the paper.")),
       scheduleChoice(Schedule::InverseSquareRoot, tr("Inverse square root"),
                      tr("Falls quickly, then ever more slowly, and never to zero: it does not depend on when the run ends."))});
  m_more->addCount({"warmup_steps", tr("&Warm-up"), tr("Steps over which the rate rises from zero, so that the first steps do no harm.")},
                   &TrainingPlan::warmupSteps, tr("none"), {tr("step"), tr("steps")});
  m_more->addRate({"adam_beta1", tr("Beta 1"), tr("How much of the gradients' running mean stays at each step; 0.9 is usual.")},
                  &TrainingPlan::adamBeta1);
  m_more->addRate({"adam_beta2", tr("Beta 2"),
                   tr("How much of the second running mean stays at each step; usual are 0.999 with AdamW and 0.99 with Lion.")},
                  &TrainingPlan::adamBeta2, tr("as usual"));
  m_more->addRate({"adam_epsilon", tr("Epsilon"), tr("Added to the root that a step is divided by; 1e-8 is usual.")},
                  &TrainingPlan::adamEpsilon);
  m_more->addRate({"momentum", tr("Momentum"), tr("How much of the last step's direction stays; 0.9 is usual.")}, &TrainingPlan::momentum);
  m_more->addRate(
      {"prompt_noise", tr("Noise"),
       tr("Gaussian noise on the virtual tokens that each step reads, in standard deviations of the vocabulary: less depends on the "
          "seed (PTP, Chen et al. 2023). 0.1 is a start.")},
      &TrainingPlan::promptNoise, tr("none"));
  m_more->addRate({"row_dropout", tr("Dropout"),
                   tr("Share of the virtual tokens that each step reads as zeros, so that none relies on another. 0.1 is a start.")},
                  &TrainingPlan::rowDropout, tr("none"));
  m_more->addRate({"pull", tr("Pull"), tr("Back towards where the virtual tokens started (L2-SP, Li et al. 2018). 0.01 is a start.")},
                  &TrainingPlan::pull, tr("none"));
  m_more->addRate(
      {"readable_radius", tr("Readable"),
       tr("Each virtual token stays within so many word lengths of the word it started from, and can still be read. 0.5 is a start.")},
      &TrainingPlan::readableRadius, tr("anywhere"));
  m_more->addChoice(
      {"reparametrization", tr("Network"),
       tr("A small network that produces the rows while they are trained, so that they learn together; what is saved are ordinary rows.")},
      {networkChoice(Reparametrization::None, tr("None"), tr("Every row is trained by itself, as in the paper.")),
       networkChoice(Reparametrization::Mlp, tr("MLP"), tr("P-tuning's, as PEFT's PromptEncoder has it (Liu et al. 2021).")),
       networkChoice(Reparametrization::Lstm, tr("LSTM"), tr("P-tuning's, which reads the rows in both directions (Liu et al. 2021).")),
       networkChoice(Reparametrization::Residual, tr("Residual"), tr("The rows and a correction of them (Razdaibiedina et al. 2023).")),
       networkChoice(Reparametrization::LowRank, tr("Low rank"), tr("The rows are a product of two narrow matrices (LoPT)."))});
  m_more->addCount(
      {"encoder_hidden_size", tr("Network size"),
       tr("Numbers in the middle of the network; of low rank the rank. As usual: the model's width, 800 with residual, 8 with low rank.")},
      &TrainingPlan::encoderHiddenSize, tr("as usual"), {tr("number"), tr("numbers")});
  m_more->addRate(
      {"reparametrization_learning_rate", tr("Network rate"),
       tr("Learning rate of the network; what enters it learns at the learning rate above. As usual: 0.01 with MLP, else 0.001.")},
      &TrainingPlan::reparametrizationLearningRate, tr("as usual"));
  m_more->addRate(
      {"head_learning_rate", tr("Head rate"),
       tr("Learning rate of the head that sorts texts into classes. As usual: 0.001 behind a linear probe, else the prompt's.")},
      &TrainingPlan::headLearningRate, tr("as usual"));
  m_more->addCount({"gradient_accumulation_steps", tr("&Accumulation"),
                    tr("Batches whose gradients are added up for one step: a larger batch without more memory.")},
                   &TrainingPlan::gradientAccumulationSteps, {}, {tr("batch"), tr("batches")});
  m_more->addSwitch({"gradient_checkpointing", tr("Chec&kpointing"),
                     tr("Compute most layers again on the way back in place of keeping them: less memory, more time, the same numbers.")},
                    &TrainingPlan::gradientCheckpointing);
  m_more->addRate({"max_grad_norm", tr("&Clipping"), tr("Largest gradient norm of a step; a longer gradient is shortened to it.")},
                  &TrainingPlan::maxGradNorm, tr("none"));
  m_more->addRate({"weight_decay", tr("Weight &decay"), tr("Share of the rate by which every number is pulled to zero in a step (AdamW).")},
                  &TrainingPlan::weightDecay, tr("none"));
  m_more->addSwitch({"shuffle", tr("Sh&uffle"), tr("Visit the examples in a new order each round; off: as they stand in the file.")},
                    &TrainingPlan::shuffle);
  m_more->addChoice(
      {"num_transformer_submodules", tr("Adapter rows"), tr("Of models with encoder and decoder (T5): which rows the PEFT adapter holds.")},
      {submodulesChoice(0, tr("As PEFT"), tr("PEFT's default for the kind of model.")),
       submodulesChoice(1, tr("The encoder's"), tr("Only the virtual tokens that are trained, as in the paper.")),
       submodulesChoice(2, tr("Both halves"), tr("As many rows again for the decoder, which PEFT makes and never uses (T5 only)."))});
  m_more->addChoice(
      {"pooling", tr("Head reads"), tr("Of encoders that classify (BERT, RoBERTa): the state that the head judges.")},
      {poolingChoice(Pooling::Auto, tr("As the model says"),
                     tr("The mean where the folder says so (1_Pooling of sentence-transformers), else the first row.")),
       poolingChoice(Pooling::First, tr("The first row"), tr("A virtual token: what PEFT does and expects of an adapter.")),
       poolingChoice(Pooling::Text, tr("The text's first token"), tr("[CLS], behind the prompt. PEFT does not know this way.")),
       poolingChoice(Pooling::Mean, tr("The mean of the text"),
                     tr("Of the states of its tokens, as sentence-transformers pools. PEFT does not know this way."))});
  m_more->addChoice(
      {"head_init", tr("Head starts"), tr("Where a head starts that the model does not bring.")},
      {headChoice(HeadInit::Probe, tr("From a linear probe"),
                  tr("The logistic regression on what the model makes of the training rows, solved before step 1.")),
       headChoice(HeadInit::Random, tr("At random"), tr("As transformers starts it. It then needs a far larger head rate."))});
  auto* seed = new QSpinBox(this);
  const PlanForm::Knob seedKnob{"seed", tr("See&d"), tr("The same seed gives the same start, the same order and the same curve.")};
  seed->setRange(0, std::numeric_limits<int>::max());
  connect(seed, &QSpinBox::valueChanged, this, [this, seedKnob](int value) {
    m_more->edit(seedKnob, [&](TrainingPlan& plan) { plan.seed = static_cast<std::uint64_t>(value); });
  });
  m_more->add(seedKnob, seed, [seed](const TrainingPlan& plan) {
    if (seed->value() != static_cast<int>(plan.seed)) seed->setValue(static_cast<int>(plan.seed));
  });

  m_more->addTitle(tr("Validation"));
  m_more->addCount({"eval_every", tr("Eval&uate every"),
                    tr("Steps between looks at the validation data. The best prompt is kept. By cost: ten times a "
                       "run, on a sample where all rows would take more than a quarter of the time.")},
                   &TrainingPlan::evalEvery, tr("by cost"), {tr("step"), tr("steps")});
  m_more->addCount(
      {"eval_rows", tr("Ro&ws of each"), tr("Rows of each look, a sample by the seed. The last judgement always reads all of them.")},
      &TrainingPlan::evalRows, tr("by cost"), {tr("row"), tr("rows")});
  m_more->addChoice(
      {"metric_for_best_model", tr("Keep by"), tr("The measure that decides which prompt is kept, and when to stop early.")},
      {metricChoice(BestMetric::Auto, tr("As usual"), tr("Accuracy where there are labels, its ties broken by their loss; else the loss.")),
       metricChoice(BestMetric::Loss, tr("Loss"), tr("Of all scored tokens, the end of the text included.")),
       metricChoice(BestMetric::LabelLoss, tr("Loss of the labels"), tr("Of the labels' own tokens, the end of the text left out.")),
       metricChoice(BestMetric::Accuracy, tr("Accuracy"), tr("The share of labels that are right.")),
       metricChoice(BestMetric::MacroF1, tr("Macro F1"), tr("The mean F1 of the classes: rare ones count as much as common ones."))});
  m_more->addCount({"early_stopping_patience", tr("&Patience"),
                    tr("Stop early after this many evaluations without a better prompt. Needs validation data.")},
                   &TrainingPlan::earlyStoppingPatience, tr("never stop early"), {tr("evaluation"), tr("evaluations")});
  addForgetting();
  m_more->addCount({"snapshot_every", tr("Sna&pshot every"), tr("Steps between stored prompts: what Neighbours and Playground show live.")},
                   &TrainingPlan::snapshotEvery, tr("fifty a run"), {tr("step"), tr("steps")});
  buildComputing();
}

// None, the text that comes along, or a file.
void TrainingPanel::addForgetting() {
  auto* box = new QComboBox(this);
  box->addItems({tr("Not measured"), tr("On the neutral text"), tr("On a text of your own…")});
  const PlanForm::Knob knob{"forgetting_text", tr("Forgetting"),
                            tr("At each validation the loss on ordinary prose with the prompt in front and without: what a prompt does "
                               "beside its task. Of models that go on with a text.")};
  connect(box, &QComboBox::activated, this, [this, box, knob](int index) {
    std::filesystem::path wanted = index == 1 ? std::filesystem::path(neutralName) : std::filesystem::path();
    if (index == 2) {
      const auto file = QFileDialog::getOpenFileName(this, tr("A page of ordinary prose"), settings::startOf(QStringLiteral("data")),
                                                     tr("Text (*.txt *.md);;All files (*)"));
      if (file.isEmpty()) return m_more->refresh();
      wanted = toPath(file);
    }
    m_more->edit(knob, [&](TrainingPlan& plan) { plan.forgettingText = wanted; });
  });
  m_more->add(knob, box, [box](const TrainingPlan& plan) {
    const bool own = !plan.forgettingText.empty() && plan.forgettingText != neutralName;
    box->setItemText(2, own ? tr("On %1").arg(toText(plan.forgettingText.filename())) : tr("On a text of your own…"));
    box->setCurrentIndex(plan.forgettingText.empty() ? 0 : own ? 2 : 1);
  });
}

void TrainingPanel::buildComputing() {
  m_more->addTitle(tr("Computing"));
  m_more->addChoice({"precision", tr("Precisio&n"), tr("How exactly the frozen model computes. The prompt itself is always 32-bit.")},
                    {precisionChoice(Precision::Auto, tr("Automatic"), tr("16-bit where this machine is fast at it, else 32-bit.")),
                     precisionChoice(Precision::Fp32, tr("32-bit (fp32)"), tr("Exact, and the same numbers on every machine.")),
                     precisionChoice(Precision::Bf16, tr("16-bit (bf16)"),
                                     tr("Half the memory. Here: %1.").arg(toText(arithmeticOf(Precision::Bf16, resolveDevice("auto")))))});
  const auto device = [](const char* name) { return [name](TrainingPlan& plan) { plan.device = name; }; };
  const auto isDevice = [](const char* name) { return [name](const TrainingPlan& plan) { return plan.device == name; }; };
  m_more->addChoice({"device", tr("Dev&ice"), tr("What computes: the processor or a graphics card.")},
                    {{tr("Automatic"), tr("A graphics card where there is one, else the processor."), device("auto"), isDevice("auto")},
                     {tr("Processor"), {}, device("cpu"), isDevice("cpu")},
                     {tr("Graphics card (CUDA)"), tr("Needs a LibTorch made for CUDA."), device("cuda"),
                      [](const TrainingPlan& plan) { return plan.device.starts_with("cuda"); }}});
  auto* threads = new QSpinBox(this);
  const PlanForm::Knob knob{"threads", tr("&Threads"), tr("Processor cores to use. Fewer leave room for other programs.")};
  threads->setRange(0, 1024);
  threads->setSpecialValueText(tr("all cores"));
  connect(threads, &QSpinBox::valueChanged, this,
          [this, knob](int value) { m_more->edit(knob, [&](TrainingPlan& plan) { plan.threads = value; }); });
  m_more->add(knob, threads, [threads](const TrainingPlan& plan) {
    if (threads->value() != plan.threads) threads->setValue(plan.threads);
  });
}

void TrainingPanel::showAdvanced(bool on) {
  m_fold->setChecked(on);
  m_fold->setArrowType(on ? Qt::DownArrow : Qt::RightArrow);
  m_more->setVisible(on);
  QSettings().setValue(QStringLiteral("training/advanced"), on);
}

QString TrainingPanel::amount() const {
  const auto& plan = m_workspace.plan();
  const auto data = m_workspace.data() ? m_workspace.data()->training : nullptr;
  const auto perStep = plan.batchSize * plan.gradientAccumulationSteps;
  if (!data || data->items.empty()) return {};
  const auto rows = static_cast<std::int64_t>(data->items.size());
  const auto steps = totalSteps(plan, rows);
  const double rounds = static_cast<double>(steps * perStep) / static_cast<double>(rows);
  auto words =
      plan.epochs > 0
          ? tr("%1 of %2 each").arg(stepsText(steps), examplesText(perStep))
          : tr("%1, %2 times through the data").arg(examplesText(steps * perStep), QLocale().toString(rounds, 'f', rounds < 10 ? 1 : 0));
  return words + costs();
}

// What training and validation take, before anybody presses Train.
QString TrainingPanel::costs() const {
  const auto& data = m_workspace.data();
  auto plan = m_workspace.plan();
  settleValidation(plan, *data->training, data->validation.get());
  const auto cost = validationCost(plan, *data->training, data->validation.get());
  const auto training = m_workspace.secondsFor(cost.training);
  auto words = training ? tr(", about %1").arg(durationText(*training)) : QString();
  if (cost.evaluations == 0) return words + QLatin1Char('.');
  words += tr(". Validation: %Ln time(s) ", nullptr, int(cost.evaluations));
  words += cost.rows < cost.allRows ? tr("%1 of %2 rows, at the end all of them").arg(grouped(cost.rows), grouped(cost.allRows))
                                    : rowsText(cost.rows);
  if (const auto seconds = m_workspace.secondsFor(cost.validation))
    words += tr(", about %1").arg(durationText(*seconds));
  else
    words += tr(", about %1 % of the work").arg(std::lround(100 * cost.validation / std::max(1.0, cost.training + cost.validation)));
  return words + QLatin1Char('.');
}

void TrainingPanel::refresh() {
  const auto& plan = m_workspace.plan();
  const auto model = m_workspace.model();
  m_more->setFieldVisible("num_transformer_submodules", model && model->card().encoderDecoder);
  const bool adam = plan.optimizer == Optimizer::AdamW, lion = plan.optimizer == Optimizer::Lion;
  m_more->setFieldVisible("adam_beta1", adam || lion);
  m_more->setFieldVisible("adam_beta2", adam || lion);
  m_more->setFieldVisible("adam_epsilon", adam);
  m_more->setFieldVisible("momentum", plan.optimizer == Optimizer::Sgd);
  const bool network = plan.reparametrization != Reparametrization::None;
  m_more->setFieldVisible("encoder_hidden_size", network);
  m_more->setFieldVisible("reparametrization_learning_rate", network && plan.reparametrization != Reparametrization::LowRank);
  for (const char* ofHeads : {"head_learning_rate", "head_init"})
    m_more->setFieldVisible(ofHeads, model && model->card().head != HeadKind::None);
  m_more->setFieldVisible("pooling", model && model->card().looksBothWays);
  const auto usual = usualRate(plan.optimizer);
  const bool far = plan.learningRate > 3 * usual || plan.learningRate < usual / 3;
  m_offer->setText(tr("Usual with %1: %2").arg(optimizerTitle(plan.optimizer), QString::number(usual, 'g', 2)));
  m_offer->setToolTip(tr("The rate above is %1, another optimizer's. A click takes %2.")
                          .arg(QString::number(plan.learningRate, 'g', 4), QString::number(usual, 'g', 2)));
  m_offer->setVisible(far);
  const auto recipe = std::ranges::find_if(recipes(), [&](const Recipe& one) { return differences(plan, withRecipe(plan, one)).empty(); });
  m_recipe->setText(recipe == recipes().end() ? tr("settings of your own") : tr("as %1 recipe says").arg(toText(recipe->title)));
  const auto words = amount();
  m_amount->setText(words);
  m_amount->setVisible(!words.isEmpty());
  const auto length = plan.epochs > 0 ? tr("%Ln round(s)", nullptr, int(plan.epochs)) : stepsText(plan.steps);
  const auto optimizer = optimizerTitle(plan.optimizer);
  if (m_more->hasProblems()) showAdvanced(true);  // a problem must be seen
  for (const auto& problem : problemsIn(plan)) {
    for (const auto* form : {m_first, m_more})
      if (form->findChild<QWidget*>(toText(problem.knob))) {
        return setState(State::Problem, tr("one setting is impossible: it is marked below"));
      }
  }
  setState(State::Ready, tr("%1, rate %2, %3, batches of\u00a0%4")
                             .arg(optimizer, QString::number(plan.learningRate, 'g', 4), length, grouped(plan.batchSize)));
}

}  // namespace incipit::ui
